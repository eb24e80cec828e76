import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

const SIZES = [
  [1440, 900],
  [360, 740],
] as const;
const TABS = ['', '/playground', '/logs', '/releases', '/access', '/settings'];

async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${page.url()} ${id}: ${node.html.slice(0, 200)}`));
}

test('axe finds nothing on any page, in either theme', async ({ page, dataDir }) => {
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
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of paths) {
      await page.goto(path);
      await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
      await expect(page.getByRole('main').locator('[aria-busy=true]')).toHaveCount(0);
      found.push(...(await violationsOf(page)));
      // What people would see, kept for whoever looks at the run.
      const name = path.replace(deployment, '/deployment').slice(1).replaceAll('/', '-');
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height });
        await page.screenshot({ path: `screenshots/${name}-${colorScheme}-${width}.png`, fullPage: true });
      }
      await page.setViewportSize({ width: 1440, height: 900 });
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
  await page.getByPlaceholder('Deployments, pages …').fill('API tokens');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/settings');
});
