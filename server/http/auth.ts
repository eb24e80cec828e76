import { randomUUID } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { APIError, isAPIError } from 'better-auth/api';
import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { Secret } from '#server/domain/credentials/secret.ts';
import type { Events } from '#server/domain/events.ts';
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from '#server/domain/identity/account.ts';
import type { Attempts } from '#server/domain/identity/attempts.ts';
import { endSessions } from '#server/domain/identity/sessions.ts';
import type { SignInLinks } from '#server/domain/identity/sign-in-links.ts';
import type { MailedLinks } from '#server/domain/members/mailed-links.ts';
import type { SignUp } from '#server/domain/settings/sign-up.ts';
import type { Log } from '../logging/log.ts';
import { createAuthStore } from './auth-store.ts';
import { CLIENT_ADDRESS_HEADER } from './client-address.ts';
import { mailedLinkPlugin } from './mailed-link-plugin.ts';
import { signInLinkPlugin } from './sign-in-link-plugin.ts';
import { createSignInThrottle } from './sign-in-throttle.ts';

const DAY_SECONDS = 24 * 60 * 60;

/** Routes of better-auth that we serve ourselves, with an audit entry, or not at all. */
const UNUSED_PATHS = [
  '/sign-up/email',
  '/get-session',
  '/update-session',
  '/list-sessions',
  '/revoke-session',
  '/revoke-sessions',
  '/revoke-other-sessions',
  '/change-password',
  '/verify-password',
  '/request-password-reset',
  '/reset-password',
  '/send-verification-email',
  '/verify-email',
  '/update-user',
  '/change-email',
  '/delete-user',
  '/list-accounts',
  '/unlink-account',
  '/account-info',
  '/get-access-token',
  '/refresh-token',
  '/ok',
  '/error',
];

export type AuthOptions = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  secret: Secret;
  /** Origins of the dashboard; the first is the public one. */
  origins: readonly [string, ...string[]];
  /** True if people sign in with a password. On a server for one person the link is the only way. */
  passwords: boolean;
  gitHub: { clientId: string; clientSecret: Secret } | null;
  signUp: SignUp;
  attempts: Attempts;
  links: SignInLinks;
  /** Null while no mail server is configured. */
  mailedLinks: MailedLinks | null;
  log: Log;
};

/** Sign-in with email and password, GitHub and one-time links; sessions in cookies that scripts cannot read. */
export function createAuth(options: AuthOptions) {
  const { prisma, transaction, events, origins, gitHub, log } = options;
  const [publicUrl] = origins;
  return betterAuth({
    appName: 'Catwalk',
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret: options.secret.reveal(),
    telemetry: { enabled: false },
    database: createAuthStore({ prisma, transaction }),
    trustedOrigins: [...origins],
    disabledPaths: UNUSED_PATHS,
    emailAndPassword: {
      enabled: options.passwords,
      // anyone can claim any address: accounts come from an invitation, a mailed link or GitHub
      disableSignUp: true,
      minPasswordLength: PASSWORD_CHARACTERS_MIN,
      maxPasswordLength: PASSWORD_CHARACTERS_MAX,
    },
    ...(gitHub === null
      ? {}
      : {
          socialProviders: {
            github: { clientId: gitHub.clientId, clientSecret: gitHub.clientSecret.reveal() },
          },
        }),
    user: { additionalFields: { role: { type: 'string', input: false, required: false } } },
    account: {
      encryptOAuthTokens: true,
      // an owner connects the GitHub account they have, whatever its address
      accountLinking: { allowDifferentEmails: true },
    },
    session: {
      expiresIn: 30 * DAY_SECONDS,
      disableSessionRefresh: true,
      additionalFields: { method: { type: 'string', input: false, required: false } },
    },
    databaseHooks: {
      user: {
        create: {
          before: async ({ email, emailVerified }) => {
            const answer = await options.signUp.mayJoin(email, emailVerified);
            if (!answer.allowed) throw new APIError('FORBIDDEN', { code: 'sign_up_refused', message: answer.message });
          },
        },
      },
      session: {
        create: { before: async (session, ctx) => ({ data: { ...session, method: methodOf(ctx?.path) } }) },
        delete: {
          // The whole of it, in one transaction; what better-auth then deletes is gone already.
          before: async ({ id, userId, expiresAt }, ctx) => {
            if (expiresAt <= new Date()) return; // it ended by itself, without a sign-out
            const ip = ctx?.headers?.get(CLIENT_ADDRESS_HEADER) ?? null;
            const actor: Actor = { userId, role: 'MEMBER', scope: 'WRITE', via: 'session', ip, credentialId: id };
            await transaction((tx) => endSessions(tx, events, actor, { id }));
          },
        },
      },
    },
    hooks: createSignInThrottle(options.attempts),
    rateLimit: { enabled: false }, // ours counts for all instances
    onAPIError: {
      errorURL: `${publicUrl}/sign-in`,
      onError: (error) => {
        if (!isRefusal(error)) log.error({ component: 'auth', err: error }, 'Sign-in failed.');
      },
    },
    advanced: {
      cookiePrefix: 'catwalk',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      database: { generateId: () => randomUUID() },
    },
    logger: {
      // better-auth calls the mistakes of callers errors, such as an unknown account: only what broke is one
      log: (_level, message, ...details) => {
        const broken = details.find((detail) => detail instanceof Error && !isRefusal(detail));
        if (broken) log.error({ component: 'auth', err: broken }, message);
        else log.debug({ component: 'auth' }, message);
      },
    },
    plugins: [
      signInLinkPlugin(options.links),
      ...(options.mailedLinks === null ? [] : [mailedLinkPlugin(options.mailedLinks)]),
    ],
  });
}

/** Codes of better-auth's StateError, which it does not export: a callback of GitHub whose state is not ours. */
const WRONG_STATE = new Set(['state_mismatch', 'state_security_mismatch', 'state_invalid', 'state_not_found']);

/** An error by which better-auth refuses a request: it concerns the caller alone. */
const isRefusal = (error: unknown): boolean =>
  (isAPIError(error) && error.statusCode < 500) || // also one that its router throws, of another class
  (error instanceof Error && 'code' in error && WRONG_STATE.has(String(error.code)));

/** The way in, from the path of the endpoint: `link`, `email`, `github`. */
const methodOf = (path: string | undefined): string => {
  const last = path?.split('/').at(-1) ?? 'unknown';
  return last === ':id' ? 'github' : last;
};

export type Auth = ReturnType<typeof createAuth>;
