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
          const userId = await links.consume(ctx.body.token);
          const user = userId === null ? null : await internalAdapter.findUserById(userId);
          if (!user)
            throw new APIError('UNAUTHORIZED', {
              code: 'LINK_USED',
              message: 'This sign-in link was used or is too old.',
            });
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          return ctx.json({ signedIn: true });
        },
      ),
    },
    rateLimit: [{ pathMatcher: (path) => path === '/sign-in/link', window: 60, max: 10 }],
  }) satisfies BetterAuthPlugin;
