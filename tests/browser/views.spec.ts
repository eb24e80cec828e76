import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { violationsInBothThemes } from './axe.ts';
import { clipboardOf, expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('a view is made on the page, shows its effect, and is used by the official client', async ({ page, dataDir }) => {
  test.setTimeout(180_000);
  const path = await deployDemo(page, dataDir, 'Viewed');
  await page.getByRole('link', { name: 'Views', exact: true }).click();
  await expect(page.getByText('No views yet.')).toBeVisible();
  await page.getByLabel('New view').fill('greeting');
  await page.getByRole('button', { name: 'Create view' }).click();
  await expect(page).toHaveURL(/views\?view=greeting$/);

  const bar = page.getByRole('region', { name: 'Effect of the view' });
  await page
    .getByRole('group', { name: 'New tools of later releases' })
    .or(page.getByRole('radiogroup', { name: 'New tools of later releases' }))
    .getByText('Hidden')
    .click();
  const tools = page.getByRole('list', { name: 'Tools of the view' });
  const switches = tools.getByRole('switch');
  for (const name of await switches.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? '')))
    if (name !== 'Show greet') await tools.getByRole('switch', { name, exact: true }).press('Space');
  await page.getByRole('button', { name: 'Edit greet' }).click();
  await page.getByLabel('Name in the view').fill('welcome');
  await page.getByLabel('Description in the view').fill('Welcomes Ada.');
  await page.getByRole('combobox', { name: 'Who sets name' }).click();
  await page.getByRole('option', { name: 'Fixed value' }).click();
  await page.getByRole('textbox', { name: 'Value of name' }).fill('Ada');
  await expect(bar).toContainText('Not saved');
  await expect(bar).toContainText(/Tools\s*\d+.*→\s*1/);

  // What is not saved yet survives a reload.
  await page.reload();
  await expect(bar).toContainText('Not saved');
  await page.getByRole('button', { name: 'Save view' }).click();
  await expect(page.getByText('View greeting saved')).toBeVisible();
  await expect(bar).not.toContainText('Not saved');

  await page.getByRole('button', { name: 'Create bound token' }).click();
  const connect = page.getByRole('region', { name: 'Connect to greeting' });
  const token = (await connect.getByTestId('copy-token').textContent()) ?? '';
  await expect(connect).toContainText('Bound to this view: View greeting');
  await connect.getByRole('button', { name: 'Copy address' }).click();
  const address = await clipboardOf(page);
  expect(address).toMatch(/\/api\/mcp\/[0-9a-f-]{36}\/v\/greeting$/);
  for (const url of [address, address.replace('/v/greeting', '')]) {
    const client = new Client({ name: 'reader', version: '2.0' });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    const { tools: listed } = await client.listTools();
    expect(listed).toMatchObject([{ name: 'welcome', description: 'Welcomes Ada.' }]);
    const { content } = await client.callTool({ name: 'welcome', arguments: { name: 'Grace' } });
    expect(JSON.stringify(content)).toContain('Ada');
    await expect(client.callTool({ name: 'greet', arguments: {} })).rejects.toThrow();
    await client.close();
  }

  const show = async () => {
    await page.goto(`${path}/views?view=greeting`);
    await page.getByRole('button', { name: 'Edit greet' }).click();
    await expect(bar).toContainText('→');
  };
  expect(await violationsInBothThemes(page, 'views', show)).toEqual([]);

  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByLabel('Name of the view').fill('hello');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page).toHaveURL(/views\?view=hello$/);
  await expect(page.getByRole('region', { name: 'Connect to hello' }).getByTestId('copy-address')).toHaveText(
    /\/v\/hello$/,
  );
  await page.getByRole('button', { name: 'Delete view' }).click();
  await expect(page.getByRole('dialog')).toContainText('View greeting');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No views yet.')).toBeVisible();
});
