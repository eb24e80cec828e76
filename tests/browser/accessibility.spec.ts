import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, statusOf, test } from './catwalk.ts';
import { writeDemoServer } from './demo-server.ts';
import { deployDemo } from './deploy-demo.ts';

const SCHEMES = ['light', 'dark'] as const;
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };
const TABS = ['', '/playground', '/logs', '/releases', '/access', '/settings'];

async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${page.url()} ${id}: ${node.html.slice(0, 200)}`));
}

/** What axe finds on the page as it is, on a desk and on a phone. People's view of both is kept for whoever looks. */
async function violationsAtBothSizes(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    found.push(...(await violationsOf(page)));
    await page.screenshot({ path: `screenshots/${name}-${size.width}.png`, fullPage: true });
  }
  return found;
}

test('axe finds nothing on any page, in either theme', async ({ page, dataDir }) => {
  test.slow(); // every page, four times
  const deployment = await deployDemo(page, dataDir, 'accessible');
  const paths = [
    '/deployments',
    '/new',
    '/settings',
    '/account',
    '/audit',
    '/device',
    '/nowhere',
    ...TABS.map((tab) => deployment + tab),
  ];
  const found: string[] = [];
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of paths) {
      await page.goto(path);
      await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
      await expect(page.getByRole('main').locator('[aria-busy=true]')).toHaveCount(0);
      const name = path.replace(deployment, '/deployment').slice(1).replaceAll('/', '-');
      found.push(...(await violationsAtBothSizes(page, `${name}-${colorScheme}`)));
    }
  }
  expect(found).toEqual([]);
});

test('axe finds nothing on a deployment that failed, nor in its dialogs', async ({ page, dataDir }) => {
  test.slow();
  await page.goto(`/new?source=${encodeURIComponent(await writeDemoServer(dataDir))}`);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(statusOf(page)).toHaveText('Failed', { timeout: 60_000 });
  const path = new URL(page.url()).pathname;
  const dialog = page.getByRole('dialog');
  const found: string[] = [];
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(path);
    await expect(page.getByRole('alert').filter({ hasText: 'MISSING_CREDENTIAL' })).toBeVisible();
    found.push(...(await violationsAtBothSizes(page, `failed-${colorScheme}`)));
    for (const [tab, button] of [
      ['', 'Add DEMO_TOKEN'],
      ['/settings', 'Change arguments'],
      ['/settings', 'Delete…'],
    ] as const) {
      await page.goto(path + tab);
      await page.getByRole('button', { name: button, exact: true }).click();
      await expect(dialog).toBeVisible();
      found.push(...(await violationsAtBothSizes(page, `dialog-${button.split(' ')[0]}-${colorScheme}`)));
    }
  }
  expect(found).toEqual([]);
});

test('the keyboard alone reaches the main places', async ({ page }) => {
  await page.goto('/settings');
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByLabel('Where the MCP server lives')).toBeFocused();
  await page.getByLabel('Where the MCP server lives').blur();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page.waitForURL('**/deployments');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByPlaceholder('Deployments, pages, registry …').fill('API tokens');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/settings');
});
