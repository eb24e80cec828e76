import { expect, test } from './catwalk.ts';
import { startForMany } from './many-people.ts';

test('a processor is chosen for a machine, and stands in the settings of its deployment', async ({ browser }) => {
  await using server = await startForMany();
  const context = await browser.newContext({ baseURL: server.url, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(server.signInUrl);
  await page.waitForURL('**/deployments');
  await page.goto('/new?source=%40modelcontextprotocol%2Fserver-memory');

  const processor = page.getByRole('combobox', { name: 'Processor' });
  const choose = async (name: string) => {
    await processor.click();
    await page.getByRole('option', { name }).click();
  };
  await page.getByRole('button', { name: /^Advanced/ }).click({ timeout: 60_000 });
  await expect(processor).toHaveValue(/^shared-cpu-\dx · [\d.]+ % of a core · proposed$/);
  await choose('performance-1x · a whole core');
  await expect(processor).toHaveValue('performance-1x · a whole core');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.waitForURL('**/deployments/*');

  await page.goto(`${new URL(page.url()).pathname}/settings`);
  await expect(processor).toHaveValue('performance-1x · a whole core');
  await choose('shared-cpu-8x · 50 % of a core');
  const machine = page.getByRole('region', { name: 'Machine' });
  await expect(machine.getByRole('button', { name: 'Save and deploy' })).toBeEnabled();
  await context.close();
});
