import type { Page } from '@playwright/test';
import { expect, statusOf, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

/** Holds one mutation back until it is released; its body can be changed. */
async function hold(page: Page, operation: string, change: (body: string) => string = (body) => body) {
  const gate = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    const body = route.request().postData() ?? '';
    if (!body.includes(`mutation ${operation}(`)) return route.fallback();
    await gate.promise;
    await route.continue({ postData: change(body) });
  });
  return { release: gate.resolve };
}

test('shows stop, start, restart and delete as pending at once, and their results without a reload', async ({
  page,
  dataDir,
}) => {
  await deployDemo(page, dataDir, 'pending');
  const stop = await hold(page, 'StopDeployment');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(statusOf(page)).toHaveText('Stopping');
  await expect(page.getByRole('button', { name: 'Restart' })).toBeHidden();
  stop.release();
  await expect(statusOf(page)).toHaveText('Stopped');

  const start = await hold(page, 'StartDeployment');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(statusOf(page)).toHaveText('Starting');
  start.release();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });

  const restart = await hold(page, 'RestartDeployment');
  await page.getByRole('button', { name: 'Restart' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(statusOf(page)).toHaveText('Restarting');
  restart.release();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });

  const remove = await hold(page, 'DeleteDeployment');
  await page.getByRole('button', { name: 'More actions for pending' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByLabel(/^Type pending/).fill('pending');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(statusOf(page)).toHaveText('Deleting');
  remove.release();
  await page.waitForURL('**/deployments', { timeout: 60_000 });
});

test('keeps the keyboard focus in place when the pressed button disappears', async ({ page, dataDir }) => {
  await deployDemo(page, dataDir, 'pressed');
  await page.getByRole('button', { name: 'Stop', exact: true }).press('Enter');
  await expect(page.getByRole('button', { name: 'More actions for pressed' })).toBeFocused();
  await expect(statusOf(page)).toHaveText('Stopped');
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
});

test('removes a refused intent and shows the reason', async ({ page, dataDir }) => {
  await deployDemo(page, dataDir, 'refused');
  const stop = await hold(page, 'StopDeployment', (body) => {
    const { variables, ...rest } = JSON.parse(body);
    return JSON.stringify({ ...rest, variables: { ...variables, id: '00000000-0000-4000-8000-000000000000' } });
  });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(statusOf(page)).toHaveText('Stopping');
  stop.release();
  await expect(page.getByRole('alert').filter({ hasText: 'The deployment was not found.' })).toBeVisible();
  await expect(statusOf(page)).toHaveText(/^Running/);
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeEnabled();
});
