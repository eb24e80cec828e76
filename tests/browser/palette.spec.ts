import type { Page } from '@playwright/test';
import { catwalk } from '../main-job/server-process.ts';
import { expect, statusOf, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

/** Opens the palette and takes the first thing that it finds for the words. */
async function take(page: Page, words: string): Promise<void> {
  const input = page.getByPlaceholder('Deployments, pages, registry …');
  await page.keyboard.press('ControlOrMeta+k');
  await input.fill(words);
  await page.keyboard.press('Enter');
  await expect(input).toBeHidden();
}

test('the palette stops, starts and restarts what is on the screen, and goes everywhere', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'by keyboard');
  await take(page, 'stop by');
  await expect(statusOf(page)).toHaveText('Stopped', { timeout: 60_000 });
  await take(page, 'start: by');
  await expect(statusOf(page)).toHaveText('Running', { timeout: 60_000 });
  await take(page, 'restart');
  await expect(page.getByRole('dialog', { name: 'Restart by keyboard?' })).toBeVisible();
  await page.keyboard.press('Escape');

  await take(page, 'logs of');
  await page.waitForURL(`**${path}/logs`);
  await take(page, 'audit');
  await page.waitForURL('**/audit');
  await take(page, 'by keyboard');
  await page.waitForURL(`**${path}`);
  await take(page, 'theme dark');
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await take(page, '@modelcontextprotocol/server-memory');
  await page.waitForURL('**/new?analysis=*');
});

test('the palette signs out', async ({ browser, baseURL, dataDir }) => {
  // a session of its own: that of the other tests goes on
  const signedOut = { cookies: [], origins: [] };
  await using context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), storageState: signedOut });
  const page = await context.newPage();
  const { signInUrl } = (await catwalk(dataDir, ['login'])) as { signInUrl: string }; // what login --json prints
  await page.goto(signInUrl);
  await page.waitForURL('**/deployments');
  await take(page, 'log out');
  await page.waitForURL('**/sign-in');
});
