import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('creates tokens of an endpoint and of the account, shows each once, and revokes them', async ({
  page,
  dataDir,
}) => {
  await deployDemo(page, dataDir, 'tokens');

  await page.getByRole('link', { name: 'Access' }).click();
  await page.getByLabel('Name', { exact: true }).fill('my laptop');
  await page.getByRole('button', { name: 'Create token' }).click();
  const shown = page.getByTestId('copy-token');
  await expect(shown).toHaveText(/^cwt_/);
  await expect(page.getByRole('button', { name: 'Revoke my laptop' })).toBeVisible();
  const token = await shown.textContent();
  await page.reload();
  await expect(shown).toHaveText(token ?? '');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(shown).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Revoke my laptop' })).toBeVisible();
  await expect(shown).toHaveCount(0);

  await page.getByRole('button', { name: 'Revoke my laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('button', { name: 'Revoke my laptop' })).toHaveCount(0);

  await page.goto('/settings');
  await page.getByLabel('Name', { exact: true }).fill('nightly');
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByTestId('copy-api-token')).toHaveText(/^cw/);
  await page.getByRole('button', { name: 'Revoke nightly' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('button', { name: 'Revoke nightly' })).toHaveCount(0);
});
