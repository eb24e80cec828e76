import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { z } from 'zod';
import type { MailedLinks } from '#server/domain/members/mailed-links.ts';

/** `POST /api/auth/sign-in/mail`: mails a link to an address that may sign in or sign up; the response is always the same. */
export const mailedLinkPlugin = (links: MailedLinks) =>
  ({
    id: 'mailed-link',
    endpoints: {
      requestMailedLink: createAuthEndpoint(
        '/sign-in/mail',
        { method: 'POST', body: z.object({ email: z.string().max(320) }) },
        async (ctx) => {
          links.request(ctx.body.email);
          return ctx.json({ requested: true });
        },
      ),
    },
  }) satisfies BetterAuthPlugin;
