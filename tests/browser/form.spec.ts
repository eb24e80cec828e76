import { expect, test } from './catwalk.ts';
import { writeDemoServer } from './demo-server.ts';

const SNIPPET = (folder: string) =>
  JSON.stringify({
    mcpServers: { demo: { command: 'npx', args: ['-y', folder], env: { DEMO_TOKEN: 'from the snippet' } } },
  });

test('a draft survives a reload, its secrets do not', async ({ page, dataDir }) => {
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

test('a pasted source that cannot be one is answered with a sentence and what to do', async ({ page }) => {
  await page.goto('/new');
  await page.getByLabel('Where the MCP server lives').fill('what is this?');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Paste a GitHub URL');
  await page.getByLabel('Where the MCP server lives').fill('@modelcontextprotocol/no-such-server');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main').getByRole('alert')).toContainText(/npm/, { timeout: 30_000 });
});

test('values of a pasted configuration fill the form and are not kept with the source', async ({ page }) => {
  await page.goto('/new');
  await page
    .getByLabel('Where the MCP server lives')
    .fill(SNIPPET('firecrawl-mcp').replaceAll('DEMO_TOKEN', 'FIRECRAWL_API_KEY'));
  await page.keyboard.press('Enter');
  await page.waitForURL('**/new?analysis=*');
  await expect(page.getByLabel(/FIRECRAWL_API_KEY/).first()).toHaveValue('from the snippet', { timeout: 60_000 });
  await expect(page.getByLabel('Where the MCP server lives')).not.toHaveValue(/from the snippet/);
});
