import { clipboardOf, expect, statusOf, test } from './catwalk.ts';

const SOURCE = '@modelcontextprotocol/server-everything';

test('deploys a pasted name to a working endpoint without a reload, then stops, starts and deletes it', async ({
  page,
}) => {
  await page.goto('/new');
  await page.getByLabel('MCP server').fill(SOURCE);
  await expect(page.getByText('Looks like: npm package')).toBeVisible();
  await page.keyboard.press('Enter');

  await page.waitForURL('**/new?analysis=*');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();

  await page.waitForURL(/\/deployments\/[\da-f-]{36}$/);
  // A reload would lose this mark: everything below arrives without one.
  await page.evaluate(() => Object.assign(window, { mark: 'not reloaded' }));
  const timeline = page.getByRole('list', { name: 'Deployment' });
  await expect(timeline.getByText('Install package')).toBeVisible();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 120_000 });
  await page.getByText(/^Started in /).click(); // the steps fold away once it runs
  await expect(timeline.locator('[data-state=done]')).toHaveCount(6);

  const databaseId = new URL(page.url()).pathname.split('/')[2] ?? '';
  await page.getByRole('button', { name: 'Copy endpoint' }).click();
  const endpoint = await clipboardOf(page);
  expect(endpoint).toBe(`${new URL(page.url()).origin}/api/mcp/${databaseId}`);
  await page.getByRole('button', { name: 'Copy token' }).click();
  const token = await clipboardOf(page);
  // OAuth is the default: clients get their own tokens, and a script sends this one.
  await expect(page.getByText(/^claude mcp add .*\/api\/mcp\/[\da-f-]{36}$/)).toBeVisible();
  await page.getByRole('tab', { name: 'Other' }).click();
  await expect(page.getByText(`-H "Authorization: Bearer ${token}"`)).toBeVisible();
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
    }),
  });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('serverInfo');

  await page.getByRole('link', { name: 'Tools', exact: true }).click();
  const tools = page.getByRole('list', { name: 'Tools' });
  await expect(tools.getByText('echo', { exact: true })).toBeVisible();
  await tools.getByText('echo', { exact: true }).click();
  await expect(tools.getByText('message', { exact: true })).toBeVisible();

  await page.getByRole('link', { name: 'Playground' }).click();
  await page.getByRole('button', { name: 'echo' }).click();
  await page.getByLabel(/^message/).fill('from the playground');
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByText('Echo: from the playground')).toBeVisible();

  await page.getByRole('link', { name: 'Logs' }).click();
  await expect(page.getByRole('log')).toContainText('Starting default (STDIO) server', { timeout: 30_000 });

  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(statusOf(page)).toHaveText('Stopped', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });

  await page.getByRole('button', { name: /^More actions/ }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Delete' })).toBeDisabled();
  await dialog.getByLabel(/to confirm/).fill('server-everything');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('**/deployments');
  await expect(page.getByText('server-everything deleted')).toBeVisible();
  await expect(page.getByRole('link', { name: 'server-everything', exact: true })).toHaveCount(0);
  expect(await page.evaluate(() => Reflect.get(window, 'mark'))).toBe('not reloaded');
});
