import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('an owner renames the address, publishes a page, and a visitor without an account reads it', async ({
  page,
  dataDir,
  browser,
  catwalk,
}) => {
  const path = await deployDemo(page, dataDir, 'Demo for all');
  await page.goto(`${path}/settings`);
  const shortName = page.getByRole('textbox', { name: 'Short name' });
  await expect(shortName).toHaveValue('demo-for-all');
  await shortName.fill('sse');
  await page.locator('form').filter({ has: shortName }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/stands for something else in addresses/)).toBeVisible();
  await shortName.fill('demo-open');
  await page.locator('form').filter({ has: shortName }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/demo-for-all works until/)).toBeVisible();

  await page.getByRole('textbox', { name: 'Description' }).fill('Opens the demo.');
  await page.getByRole('button', { name: 'Publish page' }).click();
  await expect(page.getByRole('button', { name: 'Switch off' })).toBeVisible();

  const visitor = await browser.newContext({ baseURL: catwalk.url, storageState: { cookies: [], origins: [] } });
  const open = await visitor.newPage();
  for (const word of ['demo-open', 'demo-for-all']) {
    await open.goto(`/p/${word}`);
    await expect(open.getByRole('heading', { level: 1, name: 'Demo for all' })).toBeVisible();
  }
  await expect(open.getByText('Opens the demo.')).toBeVisible();
  // Clients sign in here by default: they need the address by id, which the OAuth metadata names.
  await expect(open.getByText(path.replace('/deployments/', '/api/mcp/')).first()).toBeVisible();
  const badge = open.getByRole('img', { name: 'MCP badge' });
  expect(await badge.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(20);
  expect(await open.evaluate(() => document.styleSheets.length)).toBe(1);

  await page.getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByRole('button', { name: 'Publish page' })).toBeVisible();
  expect((await visitor.request.get('/p/demo-open')).status()).toBe(404);
  await visitor.close();
});
