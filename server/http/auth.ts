import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import type { PrismaClient } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { Secret } from '#server/domain/credentials/secret.ts';
import type { SignInLinks } from '#server/domain/identity/sign-in-links.ts';
import type { Log } from '../log.ts';
import { signInLinkPlugin } from './sign-in-link-plugin.ts';

/** Set by us from the connection before better-auth sees a request: its rate limit must not believe callers. */
export const CLIENT_ADDRESS_HEADER = 'catwalk-client-address';

const DAY_SECONDS = 24 * 60 * 60;
const PASSWORD_CHARACTERS_MIN = 10;

export type AuthOptions = {
  prisma: PrismaClient;
  secret: Secret;
  /** Origins of the dashboard; the first is the public one. */
  origins: readonly [string, ...string[]];
  gitHub: { clientId: string; clientSecret: Secret } | null;
  signUpOpen: boolean;
  links: SignInLinks;
  log: Log;
};

/** Sign-in with email and password, GitHub and one-time links; sessions in cookies that scripts cannot read. */
export function createAuth({ prisma, secret, origins, gitHub, signUpOpen, links, log }: AuthOptions) {
  const [publicUrl] = origins;
  return betterAuth({
    appName: 'Catwalk',
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret: secret.reveal(),
    telemetry: { enabled: false },
    database: prismaAdapter(prisma, { provider: 'postgresql' }),
    trustedOrigins: [...origins],
    emailAndPassword: {
      enabled: true,
      disableSignUp: !signUpOpen,
      minPasswordLength: PASSWORD_CHARACTERS_MIN,
    },
    ...(gitHub === null
      ? {}
      : {
          socialProviders: {
            github: {
              clientId: gitHub.clientId,
              clientSecret: gitHub.clientSecret.reveal(),
              disableSignUp: !signUpOpen,
            },
          },
        }),
    user: { additionalFields: { role: { type: 'string', input: false, required: false } } },
    account: { encryptOAuthTokens: true },
    session: { expiresIn: 30 * DAY_SECONDS, updateAge: DAY_SECONDS },
    databaseHooks: {
      session: {
        create: {
          after: async ({ userId, ipAddress }, ctx) => {
            const actor: Actor = { userId, role: 'MEMBER', scope: 'WRITE', via: 'session', ip: ipAddress ?? null };
            await writeAudit(
              prisma,
              { actor, ownerId: userId },
              { type: 'user.signed-in', method: methodOf(ctx?.path) },
            );
          },
        },
      },
    },
    rateLimit: { enabled: true },
    advanced: {
      cookiePrefix: 'catwalk',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    logger: {
      log: (level, message) => log[level === 'error' ? 'error' : 'debug']({ component: 'auth' }, message),
    },
    plugins: [signInLinkPlugin(links)],
  });
}

/** How somebody signed in, from the path of the endpoint: `link`, `email`, `github`. */
const methodOf = (path: string | undefined): string => path?.split('/').at(-1) ?? 'unknown';

export type Auth = ReturnType<typeof createAuth>;
