import type { PrismaClient } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { ApiTokenService } from '#server/domain/identity/api-tokens.ts';
import { ensureCliCredentials } from '#server/domain/identity/cli-credentials.ts';
import type { SignInLinks } from '#server/domain/identity/sign-in-links.ts';
import type { Env } from '../env.ts';
import type { Storage } from './storage.ts';

const LINK_LIFETIME_MS = 12 * 60 * 60 * 1000;

type SignInWiring = {
  env: Env;
  storage: Storage;
  links: SignInLinks;
  apiTokens: ApiTokenService;
  dataDir: string;
  port: number;
  publicUrl: string;
};

/** Gives the administrator two ways in: the command line on this computer, and a link that signs in once. */
export async function prepareSignIn({ env, storage, links, apiTokens, dataDir, port, publicUrl }: SignInWiring) {
  const owner: Actor = { userId: storage.owner.id, role: 'ADMIN', scope: 'WRITE', via: 'system', ip: null };
  const isLocal = env.MACHINES === 'local';
  const cliTokenId = isLocal
    ? await ensureCliCredentials({ apiTokens, owner }, dataDir, `http://localhost:${port}`)
    : null;
  return {
    cliTokenId,
    /** Null once the administrator has signed in on a server that others reach. */
    createLink: async (): Promise<string | null> =>
      env.singlePerson || !(await hasSignedIn(storage.database.prisma, owner.userId))
        ? `${publicUrl}/sign-in?token=${await links.create(owner.userId, LINK_LIFETIME_MS)}`
        : null,
  };
}

const hasSignedIn = async (prisma: PrismaClient, userId: string): Promise<boolean> =>
  (await prisma.session.count({ where: { userId } })) > 0 || (await prisma.account.count({ where: { userId } })) > 0;
