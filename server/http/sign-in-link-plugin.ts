import type { BetterAuthPlugin } from 'better-auth';
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
          const user = await internalAdapter.findUserById(used.userId);
          if (!user) throw new APIError('UNAUTHORIZED', REFUSALS.invalid);
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          return ctx.json({ signedIn: true });
        },
      ),
    },
  }) satisfies BetterAuthPlugin;

/** `code` is the reason that the sign-in page explains. */
const REFUSALS = {
  used: { code: 'used', message: 'This sign-in link was used.' },
  expired: { code: 'expired', message: 'This sign-in link is too old, or a newer one was made.' },
  invalid: { code: 'invalid', message: 'This is no sign-in link of this server.' },
};
