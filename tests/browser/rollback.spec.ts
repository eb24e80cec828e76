import { expect, statusOf, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('rolls back to an older release, which goes live once it works', async ({ page, dataDir }) => {
  await deployDemo(page, dataDir, 'rolled back');

  await page.getByRole('link', { name: 'Settings' }).last().click();
  await page.getByRole('button', { name: 'Edit credentials' }).click();
  await page.getByRole('button', { name: 'Add variable' }).click();
  await page.getByLabel('Variable name').fill('EXTRA');
  await page.getByLabel('Value of EXTRA').fill('1');
  await page.getByRole('dialog').getByRole('button', { name: 'Save and deploy' }).click();

  await page.getByRole('link', { name: 'Releases' }).click();
  const releases = page.getByRole('list', { name: 'Releases' }).getByRole('listitem');
  await expect(releases).toHaveCount(2);
  await expect(releases.filter({ hasText: '#2' })).toContainText('Live', { timeout: 60_000 });
  await releases.filter({ hasText: '#1' }).getByRole('button', { name: 'Roll back…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await expect(releases.filter({ hasText: '#3' })).toContainText('Live', { timeout: 60_000 });
  await expect(statusOf(page)).toHaveText(/^Running/);
});
