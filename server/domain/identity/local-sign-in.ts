import type { Actor } from '#server/domain/actor.ts';
import { UserError } from '#server/domain/errors.ts';
import type { SignInLinks } from './sign-in-links.ts';

const LIFETIME_MS = 10 * 60_000;

export interface LocalSignIn {
  /**
   * Creates a one-time link for the holder of the CLI's token in the data folder of this computer, and for no other
   * caller.
   */
  createLink(actor: Actor): Promise<{ url: string; expiresAt: Date }>;
}

export function createLocalSignIn(deps: {
  links: SignInLinks;
  publicUrl: string;
  clock: () => Date;
  /** The token that this server wrote into its data folder; null where there is none. */
  cliTokenId: () => string | null;
}): LocalSignIn {
  return {
    createLink: async (actor) => {
      const cliTokenId = deps.cliTokenId();
      if (
        cliTokenId === null ||
        actor.via !== 'api-token' ||
        actor.credentialId !== cliTokenId ||
        !isLoopback(actor.ip)
      ) {
        throw new UserError('FORBIDDEN', 'Only the command line on the server’s own computer gets a sign-in link.', {
          hint: 'Run `catwalk login` there, as the user who runs the server.',
        });
      }
      const expiresAt = new Date(deps.clock().getTime() + LIFETIME_MS);
      const secret = await deps.links.create(actor.userId, LIFETIME_MS);
      return { url: `${deps.publicUrl}/sign-in?token=${secret}`, expiresAt };
    },
  };
}

const isLoopback = (ip: string | null): boolean => ip === '::1' || ip?.startsWith('127.') === true;
