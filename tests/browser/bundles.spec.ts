import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { violationsInBothThemes } from './axe.ts';
import { clipboardOf, expect, statusOf, test } from './catwalk.ts';
import { beginDemo } from './deploy-demo.ts';

const namesOf = async (client: Client): Promise<string[]> => (await client.listTools()).tools.map(({ name }) => name);

test('a bundle of three servers is made on the page, used by the official client, and changed', async ({
  page,
  dataDir,
}) => {
  test.setTimeout(600_000); // three servers, and three pages in both themes
  await page.goto('/bundles');
  await expect(page.getByText('No bundles yet')).toBeVisible();
  const paths: string[] = [];
  for (const name of ['First', 'Second', 'Third']) paths.push(await beginDemo(page, dataDir, name));
  for (const path of paths) {
    await page.goto(path);
    await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 180_000 });
  }
  // The second server has a view.
  await page.goto(`${paths[1]}/views`);
  await page.getByLabel('New view').fill('greeting');
  await page.getByRole('button', { name: 'Create view' }).click();
  const bar = page.getByRole('region', { name: 'Effect of the view' });
  const tools = page.getByRole('list', { name: 'Tools of the view' });
  for (const name of ['ask', 'crash']) {
    const shown = tools.getByRole('switch', { name: `Show ${name}`, exact: true });
    await shown.press('Space');
    await expect(shown).not.toBeChecked();
  }
  await page.getByRole('button', { name: 'Save view' }).click();
  await expect(bar).not.toContainText('Not saved');

  await page.getByRole('link', { name: 'Bundles', exact: true }).click();
  await page.getByRole('button', { name: 'New bundle' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Work');
  await page.getByLabel('Short name (optional)').fill('work');
  for (const name of ['First', 'Second', 'Third']) {
    await page.getByRole('combobox', { name: 'Add a server' }).click();
    await page.getByRole('option', { name, exact: true }).click();
  }
  await page.getByRole('combobox', { name: 'View of Second' }).click();
  await page.getByRole('option', { name: 'greeting' }).click();
  await page.getByLabel('Prefix of Third').fill('c');
  // What was entered survives a reload.
  await page.reload();
  await expect(page.getByLabel('Prefix of Third')).toHaveValue('c');
  const showForm = async () => {
    await page.goto('/bundles?new');
    await expect(page.getByLabel('Prefix of Third')).toHaveValue('c');
  };
  expect(await violationsInBothThemes(page, 'bundles-new', showForm)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('button', { name: 'Create bundle' }).click();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  const path = new URL(page.url()).pathname;

  // What needs a process or a package is not offered.
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Restart' })).toHaveCount(0);
  const tabs = page.getByRole('navigation', { name: 'Tabs of Work' }).getByRole('link');
  await expect(tabs).toHaveText(['Overview', 'Members', 'Calls', 'Playground', 'Access', 'Settings']);
  await page.getByRole('button', { name: 'More actions for Work' }).click();
  await expect(page.getByRole('menuitem')).toHaveText(['Delete…']);
  await page.keyboard.press('Escape');

  const token = (await page.getByTestId('copy-token').textContent()) ?? '';
  await page.getByRole('button', { name: 'Copy endpoint' }).click();
  const address = await clipboardOf(page);
  expect(address).toBe(new URL(path.replace('/deployments/', '/api/mcp/'), page.url()).href);
  const client = new Client({ name: 'reader', version: '2.0' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(address.replace(/[^/]+$/, 'work')), { requestInit }));
  const whole = (prefix: string) => ['greet', 'ask', 'crash'].map((name) => `${prefix}_${name}`);
  expect((await namesOf(client)).toSorted()).toEqual([...whole('first'), 'second_greet', ...whole('c')].toSorted());
  const { content } = await client.callTool({ name: 'c_greet', arguments: { name: 'Ada' } });
  expect(JSON.stringify(content)).toContain('Hello, Ada.');

  await page.getByRole('link', { name: 'Members', exact: true }).click();
  const merged = page.getByRole('region', { name: 'Tools of the bundle' });
  await expect(merged).toContainText(/7 tools, about [\d,]+ tokens/);
  await page.getByLabel('Prefix of Third').fill('third');
  await page.getByRole('button', { name: 'Remove First' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(merged).toContainText(/4 tools/);
  await expect(merged).toContainText('third_greet');
  expect((await namesOf(client)).toSorted()).toEqual(['second_greet', ...whole('third')].toSorted());

  // A server that is away takes only its own tools with it, and the page says so.
  await page.goto(paths[2] ?? '');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(statusOf(page)).toHaveText(/^Stopped/, { timeout: 60_000 });
  const showMembers = async () => {
    await page.goto(`${path}/members`);
    await expect(page.getByText('Stopped. Clients don’t see its tools until you start it.')).toBeVisible();
    await expect(merged).toContainText('3 of them unavailable now');
  };
  await showMembers();
  await expect.poll(() => namesOf(client)).toEqual(['second_greet']);
  await client.close();
  const showList = async () => {
    await page.goto('/bundles');
    await expect(page.getByText('Unavailable: Third')).toBeVisible();
  };
  expect(await violationsInBothThemes(page, 'bundle-members', showMembers)).toEqual([]);
  expect(await violationsInBothThemes(page, 'bundles', showList)).toEqual([]);
});
