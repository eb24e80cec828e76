import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('the doctor tests the endpoint step by step, and reports a stopped server as the failing step', async ({
  page,
  dataDir,
}) => {
  await deployDemo(page, dataDir, 'ailing');
  const check = page.getByRole('button', { name: 'Test connection' });
  const step = (title: string) =>
    page.getByRole('listitem').filter({ has: page.locator('strong', { hasText: title }) });
  await check.click();
  await expect(page.getByText('Clients on this computer can connect. See the warning below.')).toBeVisible();
  await expect(step('Listing the tools').getByRole('img', { name: 'Passed' })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.screenshot({ path: `screenshots/doctor-${colorScheme}-1440.png`, fullPage: true });
  }
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByText('Stopped', { exact: true }).first()).toBeVisible();
  await check.click();
  await expect(step('Initializing a session').getByRole('img', { name: 'Failed' })).toBeVisible();
  await expect(step('Initializing a session')).toContainText('is stopped');
  await expect(step('Listing the tools').getByRole('img', { name: 'Skipped' })).toBeVisible();
  await page.setViewportSize({ width: 360, height: 740 });
  await page.screenshot({ path: 'screenshots/doctor-dark-360.png', fullPage: true });
});
