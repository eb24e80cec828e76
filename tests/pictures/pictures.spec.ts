import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, statusOf, test } from '../browser/catwalk.ts';
import { writeDemoServer } from '../browser/demo-server.ts';
import { catwalk } from '../main-job/server-process.ts';

const IMAGES = path.resolve(import.meta.dirname, '../../docs/images');
const BYTES_MAX = 150_000;
const SCHEMES = ['light', 'dark'] as const;
const INSTALL_MS = 180_000;

const EVERYTHING = '@modelcontextprotocol/server-everything';
/** The other deployments of the list; the last one fails, because its folder does not exist. */
const OTHERS = [
  ['@modelcontextprotocol/server-memory'],
  ['@modelcontextprotocol/server-sequential-thinking'],
  ['@modelcontextprotocol/server-filesystem', '--arg', 'allowed-directory=/not/there'],
];

async function keep(what: Page | Locator, name: string): Promise<void> {
  const file = path.join(IMAGES, `${name}.png`);
  await what.screenshot({ path: file, animations: 'disabled' });
  expect((await stat(file)).size, `${name}.png is too large for a documentation page`).toBeLessThan(BYTES_MAX);
}

/** Takes a picture in both themes; `show` opens the page again, since a page reads its theme when it loads. */
async function keepBoth(page: Page, name: string, show: () => Promise<void>): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await show();
    await keep(page, colorScheme === 'light' ? name : `${name}-dark`);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

test('takes pictures of a deployment, its playground and the list', async ({ page, dataDir }) => {
  await page.goto(`/new?source=${EVERYTHING}`);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(statusOf(page)).toHaveText('Running', { timeout: INSTALL_MS });
  const { pathname } = new URL(page.url());

  await page.goto(`${pathname}/playground?tool=get-sum`);
  await page.getByLabel(/^a/).fill('19');
  await page.getByLabel(/^b/).fill('23');
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByText('The sum of 19 and 23 is 42.')).toBeVisible();
  await keep(page, 'playground');

  await keepBoth(page, 'deployment', async () => {
    await page.goto(pathname);
    await expect(page.getByRole('tablist', { name: 'Clients' })).toBeVisible();
    await expect(page.getByRole('main').locator('[aria-busy=true]')).toHaveCount(0);
  });

  for (const source of OTHERS) await catwalk(dataDir, ['deploy', ...source]).catch(() => null); // one fails on purpose
  await keepBoth(page, 'list', async () => {
    await page.goto('/deployments');
    await expect(page.getByRole('region', { name: 'Deployments' }).getByRole('listitem')).toHaveCount(4);
    await expect(page.getByText('Failed').first()).toBeVisible();
    await expect(page.getByText('13 tools')).toBeVisible();
  });
});

test('takes a picture of the form of a new deployment', async ({ page }) => {
  await keepBoth(page, 'new', async () => {
    await page.goto('/new?source=firecrawl-mcp');
    await expect(page.getByRole('button', { name: 'Deploy', exact: true })).toBeVisible({ timeout: INSTALL_MS });
  });
});

test('takes a picture of a failure', async ({ page, dataDir }) => {
  await page.goto(`/new?source=${encodeURIComponent(await writeDemoServer(dataDir))}`);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  const failure = page.getByRole('alert').filter({ hasText: 'MISSING_CREDENTIAL' });
  await expect(failure).toBeVisible({ timeout: INSTALL_MS });
  await keep(failure, 'failure');
});
