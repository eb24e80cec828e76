import { violationsAtBothSizes, violationsInBothThemes } from './axe.ts';
import { expect, statusOf, test } from './catwalk.ts';
import { writeDemoServer } from './demo-server.ts';
import { deployDemo } from './deploy-demo.ts';

const SCHEMES = ['light', 'dark'] as const;
const SIGNED_OUT = { cookies: [], origins: [] };
const TABS = ['', '/playground', '/logs', '/releases', '/views', '/access', '/settings'];

test('axe finds no violations on any page in either theme', async ({ page, dataDir }) => {
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

test('axe finds no violations on a failed deployment and in its dialogs', async ({ page, dataDir }) => {
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
      ['/settings', 'Edit credentials'],
      ['/settings', 'Edit arguments'],
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

test('axe finds no violations on the sign-in page, a long form, the palette and the shortcuts', async ({
  page,
  browser,
  baseURL,
}) => {
  test.slow();
  await using visitor = await browser.newContext({ ...(baseURL ? { baseURL } : {}), storageState: SIGNED_OUT });
  const outside = await visitor.newPage();
  const found = await violationsInBothThemes(outside, 'sign-in', async () => {
    await outside.goto('/sign-in?error=used');
    await expect(outside.getByRole('alert')).toBeVisible();
    await expect(outside.getByText('npx catwalk-mcp login')).toBeVisible();
  });
  const inTurn = async (name: string, show: () => Promise<void>) =>
    found.push(...(await violationsInBothThemes(page, name, show)));
  await inTurn('new-form', async () => {
    await page.goto('/new?source=firecrawl-mcp');
    await page.getByRole('button', { name: /advanced settings/ }).click({ timeout: 60_000 });
    await page.getByRole('button', { name: /^Advanced/ }).click();
    await expect(page.getByLabel('Extra arguments')).toBeVisible();
  });
  await inTurn('new-failed', async () => {
    await page.goto('/new?source=catwalk-no-such-package-here');
    await expect(page.getByText('PACKAGE_NOT_FOUND')).toBeVisible({ timeout: 60_000 });
  });
  await inTurn('palette', async () => {
    await page.goto('/deployments');
    await expect(page.getByRole('heading', { name: 'Deployments', level: 1 })).toBeVisible();
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByPlaceholder('Deployments, pages, registry …').fill('se');
    await expect(page.getByText('Search the registry for “se”')).toBeVisible();
  });
  await inTurn('shortcuts', async () => {
    await page.goto('/settings');
    await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  });
  expect(found).toEqual([]);
});

test('reaches the main pages with the keyboard alone', async ({ page }) => {
  await page.goto('/settings');
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByLabel('MCP server')).toBeFocused();
  await page.getByLabel('MCP server').blur();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page.waitForURL('**/deployments');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByPlaceholder('Deployments, pages, registry …').fill('API tokens'); // the best match is selected already
  await page.keyboard.press('Enter');
  await page.waitForURL('**/settings');
});
