import { expect, ownServer, test } from './catwalk.ts';

const ROWS = 200;

test('searches, sorts, selects and deletes two hundred deployments by keyboard', async ({ browser }) => {
  await using server = await ownServer(browser, { deployments: ROWS });
  const { page } = server;
  const rows = page.getByRole('region', { name: 'Deployments' }).getByRole('listitem');
  await expect(page.getByText(`All ${ROWS}`)).toBeVisible();
  // Only visible rows are in the page.
  await expect.poll(() => rows.count()).toBeLessThan(60);
  await expect(rows.first()).toContainText(`item ${ROWS}`);

  await page.keyboard.press('j');
  await expect(page.getByRole('link', { name: `item ${ROWS}` })).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByRole('link', { name: 'item 1', exact: true })).toBeFocused();
  await page.keyboard.press('Home');
  await expect(page.getByRole('link', { name: `item ${ROWS}` })).toBeFocused();

  await page.keyboard.press('/');
  await page.keyboard.type('item 19');
  await expect(rows).toHaveCount(11);
  await page.getByRole('button', { name: 'Sort by name' }).click();
  await expect(rows.first()).toContainText('item 19');
  expect(new URL(page.url()).search).toBe('?q=item+19&sort=name');
  await page.reload();
  await expect(rows).toHaveCount(11);

  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await expect(page.getByText('3 selected')).toBeVisible();
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Delete 3…' }).click();
  await expect(dialog).toContainText('item 19, item 190, item 191');
  await dialog.getByLabel(/to confirm/).fill('delete 3');
  await page.keyboard.press('Enter');
  await expect(rows).toHaveCount(8, { timeout: 60_000 });
  await page.getByLabel('Search deployments').clear();
  await expect(page.getByText(`All ${ROWS - 3}`)).toBeVisible();
});
