import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Page } from '@playwright/test';
import { createMemoryProvider } from '../oauth/memory-provider.ts';
import { createRawClient, jsonOf, type Tokens } from '../oauth/raw-client.ts';
import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

/** Serves a page at the client's own address, where no program listens in a test. */
async function standInFor(page: Page, callback: string): Promise<void> {
  await page.route(`${callback}?**`, (route) => route.fulfill({ contentType: 'text/html', body: 'Connected.' }));
}

const backAt = async (page: Page, callback: string): Promise<URLSearchParams> => {
  await page.waitForURL(`${callback}?**`);
  return new URL(page.url()).searchParams;
};

test('authorizes the v1 client of the official SDK through the consent page', async ({ page, catwalk, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'Older');
  const endpoint = new URL(`${catwalk.url}/api/mcp/${path.split('/').at(-1)}`);
  const callback = 'http://127.0.0.1:9/callback';
  const provider = createMemoryProvider({ client_name: 'Older Desk' }, callback);
  const open = () => new StreamableHTTPClientTransport(endpoint, { authProvider: provider });
  const first = open();
  const client = new Client({ name: 'v1', version: '1.0.0' });
  type Connectable = Parameters<typeof client.connect>[0]; // its own types disagree under exactOptionalPropertyTypes
  const refused = client.connect(first as Connectable).then(null, (error: unknown) => error);
  expect(await refused).toBeInstanceOf(UnauthorizedError);

  await standInFor(page, callback);
  await page.goto(provider.sentTo().href);
  await page.getByRole('button', { name: 'Allow' }).click();
  await first.finishAuth((await backAt(page, callback)).get('code') ?? '');
  const connected = new Client({ name: 'v1', version: '1.0.0' });
  await connected.connect(open() as Connectable);
  expect((await connected.listTools()).tools.map(({ name }) => name)).toContain('greet');
  await connected.close();
});

test('authorizes claude.ai at the first try, although it registers twice and Allow is double-clicked', async ({
  page,
  catwalk,
  dataDir,
}) => {
  const path = await deployDemo(page, dataDir, 'Claude');
  const callback = 'https://claude.ai/api/mcp/auth_callback';
  const client = createRawClient({ app: catwalk }, path.split('/').at(-1) ?? '');
  const metadata = {
    client_name: 'Claude',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'claudeai',
  };
  const registered = await jsonOf(client.register(metadata));
  expect(await jsonOf(client.register(metadata))).toEqual(registered);
  const { client_id: clientId = '', client_secret: secret = '' } = registered;

  await standInFor(page, callback);
  const { verifier, url } = client.begin(clientId, callback, { scope: 'claudeai' });
  await page.goto(url);
  await expect(page.getByRole('heading', { name: 'Allow Claude to use Claude?' })).toBeVisible();
  await page.getByRole('button', { name: 'Allow' }).dblclick();
  const back = await backAt(page, callback);
  expect(back.get('iss')).toBe(client.issuer);

  const redeemed = await client.redeem(clientId, callback, back.get('code') ?? '', verifier, { client_secret: secret });
  expect(redeemed.status).toBe(200);
  const tokens = (await redeemed.json()) as Tokens; // as RFC 6749 §5.1 has it
  expect((await client.call(tokens.access_token)).status).toBe(200);
});
