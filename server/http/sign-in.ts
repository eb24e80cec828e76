import express, { type Router } from 'express';
import { z } from 'zod';
import type { Auth } from './auth.ts';
import { CLIENT_ADDRESS_HEADER } from './client-address.ts';
import { takeReturn } from './return-path.ts';

const tokenSchema = z.object({ token: z.string().min(1).max(200) });
const refusalSchema = z.object({ code: z.enum(['used', 'expired', 'invalid', 'account_locked', 'sign_up_refused']) });

/**
 * The one-time link, `GET /sign-in?token=…`. Jupyter signs in at the GET, which it can afford because its token works
 * many times. Ours works once, and a browser that preloads the address, a chat that previews it or a scanner that
 * follows it would use it up. So the GET changes nothing: its page sends the token back with a POST, by a script that
 * waits until the page is visible, or by the button. The dashboard's own page explains why a link does not work.
 */
export function createSignIn(auth: Auth, addressOf: (req: express.Request) => string): Router {
  const router = express.Router();

  router.get('/sign-in', (req, res, next) => {
    const { data } = tokenSchema.safeParse(req.query);
    if (!data) return next(); // the dashboard's own sign-in page
    // With no-referrer the form's POST would say `Origin: null`, and be refused as another site's.
    res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'same-origin' }).type('html').send(page(data.token));
  });

  router.get('/sign-in/link.js', (_req, res) => {
    res.type('js').send(SCRIPT);
  });
  router.get('/sign-in/link.css', (_req, res) => {
    res.type('css').send(STYLE);
  });

  router.post('/sign-in', express.urlencoded({ extended: false, limit: '4kb', inflate: false }), async (req, res) => {
    const { data } = tokenSchema.safeParse(req.body);
    const answer = await auth.handler(
      new Request(new URL('/api/auth/sign-in/link', auth.options.baseURL), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': req.headers['user-agent'] ?? '',
          [CLIENT_ADDRESS_HEADER]: addressOf(req),
        },
        body: JSON.stringify({ token: data?.token ?? '' }),
      }),
    );
    res.set('Cache-Control', 'no-store');
    if (answer.ok) {
      const path = takeReturn(req, res) ?? '/';
      res.append('Set-Cookie', answer.headers.getSetCookie()).redirect(303, path);
      return;
    }
    const retryAfter = answer.headers.get('retry-after');
    if (retryAfter !== null) res.set('Retry-After', retryAfter);
    const refusal = refusalSchema.safeParse(await answer.json().catch(() => null));
    const reason = answer.status === 429 ? 'busy' : (refusal.data?.code ?? 'invalid');
    res.redirect(303, `/sign-in?error=${reason}`);
  });

  return router;
}

const page = (token: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="same-origin">
<meta name="color-scheme" content="light dark">
<title>Sign in to Catwalk</title>
<link rel="stylesheet" href="/sign-in/link.css">
<body>
<main>
<h1>Catwalk</h1>
<form method="post" action="/sign-in">
<input type="hidden" name="token" value="${token.replace(/[^\w-]/g, '')}">
<button>Sign in</button>
</form>
</main>
<script src="/sign-in/link.js"></script>
</body>
</html>
`;

const SCRIPT = `const signIn = () => document.forms[0].submit();
if (document.prerendering) document.addEventListener('prerenderingchange', signIn, { once: true });
else signIn();
`;

/** Seen for a blink, or by browsers without scripts: the colors of the dashboard. */
const STYLE = `:root { color-scheme: light dark; }
body { margin: 0; background: light-dark(#fbfbfc, #0e0f12); color: light-dark(#16181d, #e8eaee);
  font: 14px/1.5 system-ui, sans-serif; }
main { display: grid; place-content: center; gap: 16px; min-height: 100dvh; text-align: center; }
h1 { margin: 0; font-size: 18px; letter-spacing: -0.02em; }
button { padding: 8px 20px; border: 0; border-radius: 8px; background: light-dark(#16181d, #e8eaee);
  color: light-dark(#fff, #0e0f12); font: inherit; font-weight: 600; cursor: pointer; }
p { margin: 0; padding-inline: 16px; }
a { color: inherit; }
button:focus-visible { outline: 2px solid #3b6ef6; outline-offset: 2px; }
`;
