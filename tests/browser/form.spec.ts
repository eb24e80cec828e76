import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './catwalk.ts';
import { writeDemoServer } from './demo-server.ts';

const SNIPPET = (folder: string) =>
  JSON.stringify({
    mcpServers: { demo: { command: 'npx', args: ['-y', folder], env: { DEMO_TOKEN: 'from the snippet' } } },
  });

test('restores a draft after a reload, without its secrets', async ({ page, dataDir }) => {
  await page.goto(`/new?source=${encodeURIComponent(await writeDemoServer(dataDir))}`);
  await page.getByLabel('Name', { exact: true }).fill('my draft');
  await page.getByRole('button', { name: 'Paste .env' }).click();
  await page.getByLabel(/^NAME=VALUE lines/).fill('SECRET_ONE=hunter2\nSECRET_TWO=hunter3');
  await page.getByRole('button', { name: 'Fill in' }).click();
  await expect(page.getByLabel('Value of SECRET_ONE')).toHaveValue('hunter2');
  await page.reload();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('my draft');
  await expect(page.getByLabel('Value of SECRET_ONE')).toHaveCount(0);
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(stored).not.toContain('hunter');
});

test('explains why a text is not a source and what to paste instead', async ({ page }) => {
  await page.goto('/new');
  await page.getByLabel('MCP server').fill('what is this?');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Paste a GitHub URL');
  await page.getByLabel('MCP server').fill('@modelcontextprotocol/no-such-server');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main').getByRole('alert')).toContainText(/npm/, { timeout: 30_000 });
});

test('fills the form with the values of a pasted config, which the source does not keep', async ({ page }) => {
  await page.goto('/new');
  await page.getByLabel('MCP server').fill(SNIPPET('firecrawl-mcp').replaceAll('DEMO_TOKEN', 'FIRECRAWL_API_KEY'));
  await page.keyboard.press('Enter');
  await page.waitForURL('**/new?analysis=*');
  await expect(page.getByLabel(/FIRECRAWL_API_KEY/).first()).toHaveValue('from the snippet', { timeout: 60_000 });
  await page.reload(); // the text stays as it was typed until then
  await expect(page.getByLabel('MCP server')).toHaveValue(/firecrawl-mcp/);
  await expect(page.getByLabel('MCP server')).not.toHaveValue(/from the snippet/);
});

test('moves the focus to the field that is usually needed, so that the keyboard alone deploys', async ({ page }) => {
  await page.goto('/new');
  await expect(page.getByLabel('MCP server')).toBeFocused();
  await page.keyboard.type('@modelcontextprotocol/server-filesystem');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel(/^Allowed directory/)).toBeFocused({ timeout: 60_000 });
  await page.keyboard.type('/tmp');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/deployments\/[\da-f-]{36}$/);
});

test('breaks a long name on a phone, so that nothing is cut off', async ({ page, dataDir }) => {
  const source = await writeDemoServer(path.join(dataDir, 'long-names'));
  const program = path.join(source, 'server.js');
  const long = 'DEMO_NAME_OF_THE_REGION_THAT_THE_ACCOUNT_WAS_MADE_IN_TOKEN';
  await writeFile(program, `${await readFile(program, 'utf8')}\nvoid process.env.${long};\n`);
  await page.setViewportSize({ width: 360, height: 780 });
  await page.goto(`/new?source=${encodeURIComponent(source)}`);
  await expect(page.getByText(long).first()).toBeAttached({ timeout: 60_000 });
  const fold = page.getByRole('button', { name: /advanced setting/ });
  if ((await fold.count()) > 0) await fold.click();
  await expect(page.getByText(long).first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

test('shows no form for a package that is not an MCP server', async ({ page }) => {
  await page.goto('/new?source=left-pad');
  await expect(page.getByText('left-pad').last()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('What we checked')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/verified/i)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Deploy', exact: true })).toHaveCount(0);
  await expect(page.getByText('Name and machine')).toHaveCount(0);
  await page.screenshot({ path: 'screenshots/new-not-deployable.png', fullPage: true });
});

test('says that nothing is required, with the focus on Deploy, and deploys once for six presses', async ({ page }) => {
  let requests = 0;
  await page.goto('/new');
  await page.getByLabel('MCP server').fill('@modelcontextprotocol/server-memory');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing is required.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Deploy', exact: true })).toBeFocused();
  // A slow line: the requests reach the server together.
  const gate = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (!(route.request().postData() ?? '').includes('mutation Deploy(')) return route.fallback();
    requests += 1;
    await gate.promise;
    await route.continue();
  });
  for (let press = 0; press < 6; press += 1) await page.keyboard.press('ControlOrMeta+Enter');
  gate.resolve();
  await page.waitForURL(/\/deployments\/[\da-f-]{36}$/);
  expect(requests).toBe(1);
});

test('fills the form from every form of a pasted launch, and keeps the text as it was typed', async ({ page }) => {
  // The switch that lets each person enter their own has the name of the field as well.
  const token = page.getByLabel(/^Demo token/).and(page.locator('[type=password]'));
  await page.goto('/new');
  const typed = "DEMO_TOKEN='typed in' npx -y @modelcontextprotocol/server-everything stdio --level deep";
  await page.getByLabel('MCP server').fill(typed);
  await page.keyboard.press('Enter');
  await expect(token).toHaveValue('typed in', { timeout: 30_000 });
  const source = page.getByLabel('MCP server');
  await expect(source).toHaveValue(typed.replace('typed in', '••••••••'));
  await page.getByRole('button', { name: 'Show secrets' }).click();
  await expect(source).toHaveValue(typed);
  await expect(page.getByText(/stdio --level deep/).first()).toBeVisible();
  const block = `{ // with a remark
  "mcpServers": { "it": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-everything"], "env": { "DEMO_TOKEN": "in a block", }, }, },
}`;
  await page.getByLabel('MCP server').fill(block);
  await page.keyboard.press('Enter');
  await expect(token).toHaveValue('in a block', { timeout: 30_000 });
  await expect(source).toHaveValue(block.replace('in a block', '••••••••'));
  // An edit beside a hidden secret keeps it.
  await source.fill(block.replace('in a block', '••••••••').replace('"it"', '"other"'));
  await page.keyboard.press('Enter');
  await expect(page.getByText('other', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(token).toHaveValue('in a block');
});
