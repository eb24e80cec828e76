import { expect, statusOf, test } from './catwalk.ts';
import { writeDemoServer } from './demo-server.ts';

test('a server that ends for a missing variable names it, and runs once it is added', async ({ page, dataDir }) => {
  const source = await writeDemoServer(dataDir);
  await page.goto(`/new?source=${encodeURIComponent(source)}`);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();

  const failure = page.getByRole('alert').filter({ hasText: 'MISSING_CREDENTIAL' });
  await expect(failure).toContainText('DEMO_TOKEN', { timeout: 60_000 });
  await expect(statusOf(page)).toHaveText('Failed');
  await expect(page.getByRole('list', { name: 'Deployment' }).locator('[data-state=failed]')).toContainText(
    'Start server',
  );

  await failure.getByRole('button', { name: 'Add DEMO_TOKEN' }).click();
  await page.getByLabel('Value of DEMO_TOKEN').fill('open sesame');
  await page.getByRole('button', { name: 'Save and deploy' }).click();
  await expect(statusOf(page)).toHaveText('Running', { timeout: 60_000 });
  await expect(failure).toBeHidden();
  await expect(page.getByRole('list', { name: 'Tools' }).getByText('greet', { exact: true })).toBeVisible();
  expect(await page.content()).not.toContain('open sesame');
});
