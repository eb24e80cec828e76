import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { catwalk as runCatwalk } from '../main-job/server-process.ts';
import { createMemoryProvider } from '../oauth/memory-provider.ts';
import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('the owner signs in on the way, allows a client, and disconnects it', async ({
  page,
  browser,
  catwalk,
  dataDir,
}) => {
  const path = await deployDemo(page, dataDir, 'Greetings');
  const endpoint = new URL(`${catwalk.url}/api/mcp/${path.split('/').at(-1)}`);

  // An app on this computer listens for the redirect.
  const redirected = Promise.withResolvers<URLSearchParams>();
  const callback = createServer((req, res) => {
    redirected.resolve(new URL(req.url ?? '', 'http://localhost').searchParams);
    res.end('<!doctype html><title>Done</title>You can go back to the client.');
  }).listen(0, '127.0.0.1');
  await once(callback, 'listening');
  const { port } = callback.address() as AddressInfo; // it listens on TCP
  const provider = createMemoryProvider({ client_name: 'Desk Assistant' }, `http://127.0.0.1:${port}/callback`);
  const open = () => new StreamableHTTPClientTransport(endpoint, { authProvider: provider });

  const first = open();
  const refused = new Client({ name: 'desk', version: '1.0.0' }).connect(first);
  await expect(refused.then(null, (error: unknown) => error)).resolves.toBeInstanceOf(UnauthorizedError);

  // In a browser that is not signed in, the one-time link leads back to the consent page.
  const fresh = await browser.newContext({ storageState: { cookies: [], origins: [] }, reducedMotion: 'reduce' });
  const visitor = await fresh.newPage();
  await visitor.goto(provider.sentTo().href);
  await expect(visitor.getByRole('heading', { name: 'Open your sign-in link' })).toBeVisible();
  const { signInUrl } = (await runCatwalk(dataDir, ['login'])) as { signInUrl: string }; // what login --json prints
  await visitor.goto(signInUrl);
  await expect(visitor.getByRole('heading', { name: 'Allow Desk Assistant to use Greetings?' })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 360]) {
      await visitor.emulateMedia({ colorScheme });
      await visitor.setViewportSize({ width, height: 800 });
      const { violations } = await new AxeBuilder({ page: visitor }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      await visitor.screenshot({ path: `screenshots/consent-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
  await visitor.getByRole('button', { name: 'Allow' }).click();
  await first.finishAuth(await redirected.promise);
  await expect(visitor).toHaveTitle('Done');

  const client = new Client({ name: 'desk', version: '1.0.0' });
  await client.connect(open());
  expect((await client.callTool({ name: 'greet', arguments: { name: 'Ann' } })).content).toEqual([
    { type: 'text', text: 'Hello, Ann.' },
  ]);

  await page.goto(`${path}/access`);
  await expect(page.getByText('Desk Assistant')).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `screenshots/connected-${colorScheme}.png`, fullPage: true });
  }
  // The account page lists the apps of all deployments.
  await page.goto('/account');
  await expect(page.getByRole('link', { name: 'Greetings' })).toHaveAttribute('href', `${path}/access`);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.screenshot({ path: `screenshots/account-connected-${colorScheme}.png`, fullPage: true });
  }
  await page.getByRole('button', { name: 'Disconnect Desk Assistant from Greetings' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await expect(page.getByText('Desk Assistant')).toHaveCount(0);
  await expect(client.listTools().then(null, (error: unknown) => error)).resolves.toBeInstanceOf(Error);

  await client.close();
  await fresh.close();
  callback.close();
});

test('reports a denial to the client, and a broken request to the user', async ({
  page,
  dataDir,
  catwalk,
  problems,
}) => {
  const path = await deployDemo(page, dataDir, 'Denied');
  const provider = createMemoryProvider({}, 'http://127.0.0.1:9/callback');
  const url = new URL(`${catwalk.url}/api/mcp/${path.split('/').at(-1)}`);
  const refused = new Client({ name: 'desk', version: '1.0.0' }).connect(
    new StreamableHTTPClientTransport(url, { authProvider: provider }),
  );
  await refused.then(null, () => {});

  // No program listens there: a page that fails to load would still be loading when the next one is opened.
  await page.route('http://127.0.0.1:9/**', (route) => route.fulfill({ contentType: 'text/html', body: 'Back.' }));
  await page.goto(provider.sentTo().href);
  await page.getByRole('button', { name: 'Deny' }).click();
  await page.waitForURL('http://127.0.0.1:9/**');
  expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');

  const broken = provider.sentTo();
  broken.searchParams.set('redirect_uri', 'https://elsewhere.example/');
  await page.goto(broken.href);
  await expect(page.getByRole('heading', { name: 'This client cannot be connected' })).toBeVisible();
  await page.screenshot({ path: 'screenshots/refusal.png' });
  problems.splice(0); // Chromium logs the 400 of the refusal
});
