import type { Page } from '@playwright/test';
import { catwalk } from '../main-job/server-process.ts';
import { expect, statusOf, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

/** Opens the palette and runs the first action that it finds. */
async function run(page: Page, query: string): Promise<void> {
  const input = page.getByPlaceholder('Deployments, pages, registry …');
  await page.keyboard.press('ControlOrMeta+k');
  await input.fill(query);
  await page.keyboard.press('Enter');
  await expect(input).toBeHidden();
}

test('the palette stops, starts and restarts the open deployment, and opens every page', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'by keyboard');
  await run(page, 'stop by');
  await expect(statusOf(page)).toHaveText('Stopped', { timeout: 60_000 });
  await run(page, 'start by');
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  await run(page, 'restart');
  await expect(page.getByRole('dialog', { name: 'Restart by keyboard?' })).toBeVisible();
  await page.keyboard.press('Escape');

  await run(page, 'logs of');
  await page.waitForURL(`**${path}/logs`);
  await run(page, 'audit');
  await page.waitForURL('**/audit');
  await run(page, 'by keyboard');
  await page.waitForURL(`**${path}`);
  await run(page, 'theme dark');
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await run(page, '@modelcontextprotocol/server-sequential-thinking'); // no other test deploys it
  await page.waitForURL('**/new?analysis=*');
});

test('the palette signs out', async ({ browser, baseURL, dataDir }) => {
  // Uses a separate session, so that the one of the other tests stays.
  const signedOut = { cookies: [], origins: [] };
  await using context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), storageState: signedOut });
  const page = await context.newPage();
  const { signInUrl } = (await catwalk(dataDir, ['login'])) as { signInUrl: string }; // what login --json prints
  await page.goto(signInUrl);
  await page.waitForURL('**/deployments');
  await run(page, 'log out');
  await page.waitForURL('**/sign-in');
});
