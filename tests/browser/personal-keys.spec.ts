import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import type { Page } from '@playwright/test';
import { createMemoryProvider } from '../oauth/memory-provider.ts';
import { writeAccountsServer } from './accounts-server.ts';
import { violationsInBothThemes } from './axe.ts';
import { expect, ownServer, statusOf, test } from './catwalk.ts';

/** Several people on one computer: their servers run in boxes. */
const ENVIRONMENT = { MACHINES_ISOLATION: 'require', MCP_REGISTRY_URL: 'http://127.0.0.1:9' };

const REFUSAL = /needs your own ACCOUNT_TOKEN/;

/** Deploys the accounts server with the owner's key, and returns the path of its page. */
async function deployAccounts(page: Page, dataDir: string, { personal = false } = {}): Promise<string> {
  await page.goto(`/new?source=${encodeURIComponent(await writeAccountsServer(dataDir))}`);
  await page.getByRole('textbox', { name: /ACCOUNT_TOKEN/ }).fill('owner-0f4e1d22', { timeout: 60_000 });
  if (personal) await page.getByRole('checkbox', { name: /ACCOUNT_TOKEN/ }).check();
  await page.getByLabel('Name', { exact: true }).fill('Accounts');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  return new URL(page.url()).pathname;
}

/** Invites a person, who opens the link and has the page that is returned. */
async function invite(administrator: Page, person: Page, email: string): Promise<void> {
  await administrator.goto('/settings/members');
  await administrator.getByLabel('Email').fill(email);
  await administrator.getByRole('button', { name: 'Invite' }).click();
  await person.goto((await administrator.getByTestId('copy-sign-in-link').textContent()) ?? '');
  await person.waitForURL('**/deployments');
}

/** The program on this computer that waits for the browser to come back. */
async function openCallback() {
  const redirected = Promise.withResolvers<URLSearchParams>();
  const server = createServer((req, res) => {
    redirected.resolve(new URL(req.url ?? '', 'http://localhost').searchParams);
    res.end('<!doctype html><title>Done</title>You can go back to the client.');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}/callback`,
    redirected: redirected.promise,
    [Symbol.dispose]: () => void server.close(),
  };
}

test('each person connects with a key of their own, sees their account, and removes the key', async ({ browser }) => {
  test.slow();
  await using server = await ownServer(browser, { environment: ENVIRONMENT });
  const owner = server.page;
  const path = await deployAccounts(owner, server.dataDir);

  // The owner decides that everyone enters the key.
  await owner.goto(`${path}/settings`);
  const access = owner.getByRole('region', { name: 'Access', exact: true });
  await access.getByRole('radio', { name: /OAuth/ }).check();
  const panel = owner.getByRole('region', { name: 'Own keys' });
  const credentials = owner.getByRole('region', { name: 'Credentials' });
  await panel.getByRole('checkbox', { name: /ACCOUNT_TOKEN/ }).check();
  await panel.getByRole('button', { name: 'Save and deploy' }).click();
  await expect(credentials.getByRole('link', { name: 'Your keys' })).toBeVisible();
  const found = await violationsInBothThemes(owner, 'own-keys', async () => {
    await owner.goto(`${path}/settings`);
    await expect(credentials.getByRole('link', { name: 'Your keys' })).toBeVisible();
  });
  await owner.goto(path);
  await expect(statusOf(owner)).toHaveText(/^Running/, { timeout: 60_000 });

  // A member connects a client, and enters a key on the way.
  const context = await browser.newContext({
    baseURL: server.url,
    storageState: { cookies: [], origins: [] },
    reducedMotion: 'reduce',
  });
  const ann = await context.newPage();
  await invite(owner, ann, 'ann@example.com');
  await expect(ann.getByRole('region', { name: 'Shared with you' })).toHaveCount(0);
  await owner.goto(`${path}/access`);
  const people = owner.getByRole('region', { name: 'People' });
  await people.getByLabel('Name or email').fill('nobody@example.com');
  await people.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(people.getByRole('alert')).toContainText('No account here');
  await people.getByLabel('Name or email').fill('ann@example.com');
  await people.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(people.getByRole('button', { name: 'Stop sharing with ann' })).toBeVisible();
  found.push(...(await violationsInBothThemes(owner, 'people', async () => {})));
  found.push(
    ...(await violationsInBothThemes(ann, 'shared-with-you', async () => {
      await ann.goto('/deployments');
      await expect(ann.getByRole('region', { name: 'Shared with you' })).toContainText('Accounts');
    })),
  );
  using callback = await openCallback();
  const provider = createMemoryProvider({ client_name: 'Desk Assistant' }, callback.url);
  const endpoint = new URL(`${server.url}/api/mcp/${path.split('/').at(-1)}`);
  const open = () => new StreamableHTTPClientTransport(endpoint, { authProvider: provider });
  const first = open();
  const refused = new Client({ name: 'desk', version: '1.0.0' }).connect(first);
  await expect(refused.then(null, (error: unknown) => error)).resolves.toBeInstanceOf(UnauthorizedError);
  found.push(
    ...(await violationsInBothThemes(ann, 'consent-keys', async () => {
      await ann.goto(provider.sentTo().href);
      await expect(ann.getByRole('heading', { name: 'Allow Desk Assistant to use Accounts?' })).toBeVisible();
    })),
  );
  await expect(ann.getByRole('button', { name: 'Allow' })).toBeDisabled();
  await ann.getByRole('textbox', { name: /ACCOUNT_TOKEN/ }).fill('ann-6b21c8f0');
  await ann.getByRole('button', { name: 'Allow' }).click();
  await first.finishAuth(await callback.redirected);
  await expect(ann).toHaveTitle('Done');

  const client = new Client({ name: 'desk', version: '1.0.0' });
  await client.connect(open());
  const whoami = async () => (await client.callTool({ name: 'whoami' })).content;
  expect(await whoami()).toEqual([{ type: 'text', text: 'Account of ann' }]);

  // The owner's calls are made with the owner's key.
  await owner.goto(`${path}/playground`);
  await owner.getByRole('button', { name: /^whoami/ }).click();
  await owner.getByRole('button', { name: /^Call/ }).click();
  await expect(owner.getByText('Account of owner')).toBeVisible();

  // The account page lists the key; its page changes it.
  found.push(
    ...(await violationsInBothThemes(ann, 'your-keys-account', async () => {
      await ann.goto('/account');
      await expect(ann.getByRole('button', { name: 'Remove your keys from Accounts' })).toBeVisible();
      await expect(ann.getByRole('button', { name: 'Disconnect Desk Assistant from Accounts' })).toBeVisible();
    })),
  );
  await ann.getByRole('region', { name: 'Your keys' }).getByRole('link', { name: 'Change' }).click();
  await expect(ann.getByRole('heading', { name: 'Your keys', level: 1 })).toBeVisible();
  await ann.getByRole('textbox', { name: /ACCOUNT_TOKEN/ }).fill('work-77ab03de');
  await ann.getByRole('button', { name: 'Save' }).click();
  await expect(ann.getByRole('textbox', { name: /ACCOUNT_TOKEN/ })).toHaveValue('');
  // A call on its way while values change is refused, and sent again.
  const answer = () => whoami().then(JSON.stringify, (error: Error) => error.message);
  await expect.poll(answer).toContain('Account of work');
  const keys = ann.url();
  found.push(
    ...(await violationsInBothThemes(ann, 'your-keys', async () => {
      await ann.goto(keys);
      await expect(ann.getByRole('button', { name: 'Remove' })).toBeVisible();
    })),
  );

  // Without the key, the next call names the page.
  await ann.getByRole('button', { name: 'Remove' }).click();
  await expect(ann.getByRole('button', { name: 'Remove' })).toHaveCount(0);
  await expect.poll(answer).toMatch(REFUSAL);
  expect(await answer()).toContain(keys);
  await ann.goto('/account');
  await expect(ann.getByText('No keys yet.')).toBeVisible();

  // A token carries a key of its own.
  await owner.goto(`${path}/access`);
  await owner.getByRole('button', { name: 'Done' }).click(); // the first token, which came with the deployment
  await owner.getByLabel('Name', { exact: true }).first().fill('nightly');
  const create = owner.getByRole('button', { name: 'Create token' });
  await expect(create).toBeDisabled();
  found.push(...(await violationsInBothThemes(owner, 'token-keys', async () => {})));
  await owner.getByRole('textbox', { name: /ACCOUNT_TOKEN/ }).fill('nightly-93d0c5e7');
  await create.click();
  const token = (await owner.getByTestId('copy-token').textContent()) ?? '';
  await expect(owner.getByRole('textbox', { name: /ACCOUNT_TOKEN/ })).toHaveValue('');
  const script = new Client({ name: 'script', version: '1.0.0' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await script.connect(new StreamableHTTPClientTransport(endpoint, { requestInit }));
  expect((await script.callTool({ name: 'whoami' })).content).toEqual([{ type: 'text', text: 'Account of nightly' }]);
  await script.close();

  // Another access than OAuth would end the app of the member: the dashboard asks first.
  await owner.goto(`${path}/settings`);
  await access.getByRole('radio', { name: /token/i }).click(); // it is not chosen until the answer
  const question = owner.getByRole('dialog');
  await expect(question).toContainText('One other person would lose their connected apps');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(access.getByRole('radio', { name: /OAuth/ })).toBeChecked();

  // The owner takes the share back, and enters one key for everyone.
  await owner.goto(`${path}/access`);
  await people.getByRole('button', { name: 'Stop sharing with ann' }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Stop sharing', exact: true }).click();
  await expect(people.getByText('Shared with no one else.')).toBeVisible();
  await expect(whoami()).rejects.toThrow();
  await ann.goto('/deployments');
  await expect(ann.getByRole('region', { name: 'Shared with you' })).toHaveCount(0);
  await owner.goto(`${path}/settings`);
  await ann.goto('/account');
  await expect(ann.getByText('No apps yet.')).toBeVisible();
  await panel.getByRole('checkbox', { name: /ACCOUNT_TOKEN/ }).uncheck();
  await expect(panel.getByText('One value for everyone.')).toBeVisible();
  found.push(...(await violationsInBothThemes(owner, 'own-keys-shared', async () => {})));
  await expect(panel.getByRole('button', { name: 'Save and deploy' })).toBeDisabled();
  await panel.getByRole('textbox', { name: /ACCOUNT_TOKEN/ }).fill('team-1c2b3a4d');
  await panel.getByRole('button', { name: 'Save and deploy' }).click();
  await expect(credentials.getByRole('listitem').filter({ hasText: 'ACCOUNT_TOKEN' })).toBeVisible();
  expect(found).toEqual([]);

  await client.close();
  await context.close();
});

test('the deploy form lets each person enter a key from the first start on', async ({ browser }) => {
  test.slow();
  await using server = await ownServer(browser, { environment: ENVIRONMENT });
  const { page } = server;
  const path = await deployAccounts(page, server.dataDir, { personal: true });
  await page.goto(`${path}/settings`);
  const panel = page.getByRole('region', { name: 'Own keys' });
  await expect(panel.getByRole('checkbox', { name: /ACCOUNT_TOKEN/ })).toBeChecked();
  await page.goto(`${path}/playground`);
  await page.getByRole('button', { name: /^whoami/ }).click();
  await page.getByRole('button', { name: /^Call/ }).click();
  await expect(page.getByText('Account of owner')).toBeVisible();
});
