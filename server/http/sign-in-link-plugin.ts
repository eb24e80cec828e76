import type { BetterAuthPlugin, GenericEndpointContext, User } from 'better-auth';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';
import type { SignInLinks } from '#server/domain/identity/sign-in-links.ts';

/** `POST /api/auth/sign-in/link`: uses a one-time link up and answers with a session's cookie. */
export const signInLinkPlugin = (links: SignInLinks) =>
  ({
    id: 'sign-in-link',
    endpoints: {
      signInLink: createAuthEndpoint(
        '/sign-in/link',
        { method: 'POST', body: z.object({ token: z.string().max(200) }) },
        async (ctx) => {
          const { internalAdapter } = ctx.context;
          const used = await links.consume(ctx.body.token);
          if ('refused' in used) throw new APIError('UNAUTHORIZED', REFUSALS[used.refused]);
          const { userId, provenEmail } = used;
          const user =
            userId === null ? await findOrCreate(ctx, provenEmail) : await internalAdapter.findUserById(userId);
          // the address may have changed since the mail was sent
          if (!user || (provenEmail !== null && user.email !== provenEmail)) {
            throw new APIError('UNAUTHORIZED', REFUSALS.invalid);
          }
          if (provenEmail !== null && !user.emailVerified) {
            await internalAdapter.updateUser(user.id, { emailVerified: true });
          }
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          return ctx.json({ signedIn: true });
        },
      ),
    },
  }) satisfies BetterAuthPlugin;

/** Makes the account of a person who signs up by mail, unless they have one by now. The sign-up rule decides again. */
async function findOrCreate(ctx: GenericEndpointContext, email: string): Promise<User> {
  const { internalAdapter } = ctx.context;
  const found = await internalAdapter.findUserByEmail(email);
  if (found) return found.user;
  return internalAdapter.createUser({ email, emailVerified: true, name: email.slice(0, email.lastIndexOf('@')) }, ctx);
}

/** `code` is the reason that the sign-in page explains. */
const REFUSALS = {
  used: { code: 'used', message: 'This sign-in link was used.' },
  expired: { code: 'expired', message: 'This sign-in link is too old, or a newer one was made.' },
  invalid: { code: 'invalid', message: 'This is not a sign-in link of this server.' },
};
