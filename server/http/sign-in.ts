import express, { type Router } from 'express';
import { z } from 'zod';
import type { Auth } from './auth.ts';
import { CLIENT_ADDRESS_HEADER } from './auth.ts';

const tokenSchema = z.object({ token: z.string().min(1).max(200) });

/**
 * The one-time link, `GET /sign-in?token=…`. Jupyter signs in at the GET, which it can afford because its token works
 * many times. Ours works once, and a browser that preloads the address, a chat that previews it or a scanner that
 * follows it would use it up. So the GET changes nothing: its page sends the token back with a POST, by a script that
 * waits until somebody looks at it, or by the button.
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

  router.post('/sign-in', express.urlencoded({ extended: false, limit: '4kb' }), async (req, res) => {
    const { data } = tokenSchema.safeParse(req.body);
    const answer = await auth.handler(
      new Request(new URL('/api/auth/sign-in/link', auth.options.baseURL), {
        method: 'POST',
        headers: { 'content-type': 'application/json', [CLIENT_ADDRESS_HEADER]: addressOf(req) },
        body: JSON.stringify({ token: data?.token ?? '' }),
      }),
    );
    if (answer.ok) {
      res.append('Set-Cookie', answer.headers.getSetCookie()).redirect(303, '/');
      return;
    }
    res
      .status(answer.status)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(answer.status === 429 ? BUSY : USED);
  });

  return router;
}

const layout = (content: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="same-origin">
<title>Sign in to Catwalk</title>
<body>
<main>
${content}
</main>
</body>
</html>
`;

const page = (token: string) =>
  layout(`<form method="post" action="/sign-in">
<input type="hidden" name="token" value="${token.replace(/[^\w-]/g, '')}">
<button>Sign in to Catwalk</button>
</form>
<script src="/sign-in/link.js"></script>`);

const SCRIPT = `const signIn = () => document.forms[0].submit();
if (document.prerendering) document.addEventListener('prerenderingchange', signIn, { once: true });
else signIn();
`;

const USED = layout(`<h1>This link was used, or is too old</h1>
<p>A sign-in link works once. Start the server again for a new one.</p>`);

const BUSY = layout(`<h1>Too many attempts</h1>
<p>Wait a minute, then open the link again.</p>`);
