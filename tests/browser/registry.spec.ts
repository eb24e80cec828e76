import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  npmServer,
  type RegistryStandIn,
  startRegistryStandIn,
} from '../../server/domain/registry/stand-in.testing.ts';
import { startServer } from '../main-job/server-process.ts';
import { test as base, expect } from './catwalk.ts';

const MINUTE_MS = 60_000;
const SERVERS = [
  npmServer('io.github.modelcontextprotocol/everything', {
    title: 'Everything',
    description: 'Every feature of MCP in one server, to try clients with.',
    version: '2026.1.14',
    publishedAt: new Date(Date.now() - 90 * MINUTE_MS).toISOString(),
    more: {
      repository: { url: 'https://github.com/modelcontextprotocol/servers', subfolder: 'src/everything' },
      websiteUrl: 'https://modelcontextprotocol.io',
      packages: [
        {
          registryType: 'npm',
          identifier: '@modelcontextprotocol/server-everything',
          version: '2026.1.14',
          transport: { type: 'stdio' },
          environmentVariables: [
            { name: 'EXAMPLE_KEY', description: 'Where to get it, in one sentence.', isRequired: true, isSecret: true },
            { name: 'EXAMPLE_REGION', description: 'Which region.' },
          ],
        },
      ],
    },
  }),
  npmServer('com.example/hosted', {
    title: '<img src=x onerror=alert(1)> Hosted',
    description: 'Runs elsewhere already.',
    more: { packages: [], remotes: [{ type: 'sse', url: 'https://hosted.example/sse' }] },
  }),
  npmServer('io.github.old/forecast', {
    title: 'Forecast',
    description: 'The weather of tomorrow.',
    status: 'deprecated',
    statusMessage: 'Use another one.',
  }),
  ...Array.from({ length: 120 }, (_, at) =>
    npmServer(`io.github.maker${at}/notes-${at}`, {
      title: `Notes ${at}`,
      description: 'Keeps notes and finds them again, with tags, links and a calendar of what was written when.',
    }),
  ),
];

/** Starts a Catwalk that reads a registry on this computer. */
const test = base.extend<object, { registry: RegistryStandIn }>({
  registry: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the dependencies from the pattern
    async ({}, use) => {
      const registry = await startRegistryStandIn(SERVERS);
      await use(registry);
      await registry.close();
    },
    { scope: 'worker' },
  ],
  catwalk: [
    async ({ dataDir, registry }, use) => {
      const server = await startServer(dataDir, { MCP_REGISTRY_URL: registry.url });
      await use(server);
      await server.kill('SIGTERM');
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

const rows = (page: Page) => page.getByRole('region', { name: 'Servers' }).getByRole('article');
const search = (page: Page) => page.getByLabel('Search the registry');

async function openFilled(page: Page, path = '/registry'): Promise<void> {
  await page.goto(path);
  await expect(page.getByText('123 from the MCP registry')).toBeVisible({ timeout: 60_000 });
  await expect(rows(page).first()).toBeVisible();
}

test('loads by itself, searches while typing, and keeps the search in the address', async ({ page }) => {
  await openFilled(page);
  await page.keyboard.press('/');
  await expect(search(page)).toBeFocused();
  await search(page).pressSequentially('every');
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/q=every/);
  await page.reload();
  await expect(search(page)).toHaveValue('every');
  await expect(rows(page)).toHaveCount(1);
  await search(page).fill('zzzz');
  await expect(page.getByText('No servers match “zzzz”.')).toBeVisible();
  await page.getByRole('button', { name: 'Show all servers' }).click();
  await expect(search(page)).toHaveValue('');
  await expect(rows(page)).toHaveCount(40);
});

test('the palette finds servers of the registry and opens their form', async ({ page }) => {
  await openFilled(page);
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByPlaceholder('Deployments, pages, registry …').fill('every feature');
  await expect(page.getByText('Search the registry for “every feature”')).toBeVisible();
  await expect(page.getByText('Deploy Everything')).toBeVisible();
  await page.screenshot({ path: 'screenshots/palette-registry.png' });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/new?analysis=*');
});

test('loads more servers before the end of the list, each once', async ({ page }) => {
  await openFilled(page, '/registry?sort=name');
  await expect(async () => {
    await page.mouse.wheel(0, 20_000);
    await expect(rows(page)).toHaveCount(123, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  const names = await rows(page).locator('p:first-of-type').allTextContents();
  expect(new Set(names).size).toBe(123);
});

test('opens the form of a server from its details', async ({ page }) => {
  await openFilled(page, '/registry?q=everything');
  await rows(page).first().getByRole('link').click();
  const details = page.getByRole('complementary', { name: 'Everything' });
  await expect(details.getByRole('heading', { name: 'Everything' })).toBeFocused();
  await expect(details).toContainText('GitHub account modelcontextprotocol, verified by the MCP registry');
  await expect(details).toContainText('EXAMPLE_KEY');
  await expect(details.getByRole('link', { name: 'modelcontextprotocol.io' })).toHaveAttribute('rel', /noopener/);
  await details.getByRole('link', { name: 'Deploy…' }).click();
  await page.waitForURL('**/new?analysis=*');
  await expect(page.getByRole('main')).toContainText('@modelcontextprotocol/server-everything', { timeout: 60_000 });
});

test('explains why a server cannot be deployed, and shows texts of strangers as plain text', async ({ page }) => {
  await openFilled(page, '/registry?server=com.example/hosted');
  const details = page.getByRole('complementary');
  await expect(details).toContainText('It runs elsewhere over HTTP+SSE');
  await expect(details.getByRole('heading', { name: '<img src=x onerror=alert(1)> Hosted' })).toBeVisible();
  await expect(details.getByRole('link', { name: 'Deploy…' })).toHaveCount(0);
  await page.getByLabel('Close details').click();
  await expect(details).toHaveCount(0);
  await page.goBack();
  await expect(details).toBeVisible();
});

test('keeps the list while the registry cannot be reached', async ({ page, registry }) => {
  await openFilled(page);
  registry.refuse = () => ({ status: 503 });
  await page.goto('/registry?q=forecast&server=io.github.old/forecast');
  await expect(page.getByRole('complementary')).toContainText('Use another one.');
  registry.refuse = null;
});

test('axe finds no violations in either theme, wide and narrow', async ({ page }) => {
  await openFilled(page);
  const found: string[] = [];
  const paths = {
    registry: '/registry',
    'registry-server': '/registry?server=io.github.modelcontextprotocol/everything',
    'registry-nothing': '/registry?q=zzzz',
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [name, path] of Object.entries(paths)) {
      for (const [width, height] of [
        [1440, 900],
        [360, 740],
      ] as const) {
        await page.setViewportSize({ width, height });
        await page.goto(path);
        await expect(page.getByRole('main').locator('[aria-busy=true]')).toHaveCount(0);
        await expect(page.getByText('123 from the MCP registry')).toBeVisible();
        const { violations } = await new AxeBuilder({ page }).analyze();
        found.push(...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${path} ${id}: ${node.html}`)));
        await page.screenshot({ path: `screenshots/${name}-${colorScheme}-${width}.png` });
      }
    }
  }
  expect(found).toEqual([]);
});

test('refreshes at once for the administrator, and shows why a refresh failed', async ({ page, registry }) => {
  await openFilled(page);
  registry.servers.push(npmServer('io.github.new/arrival', { title: 'Arrival', updatedAt: new Date().toISOString() }));
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(page.getByRole('status').filter({ hasText: '124 servers' })).toBeVisible();
  registry.refuse = () => ({ status: 503 });
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(page.getByText(/The MCP registry .*status 503.*Next try at \d\d:\d\d/)).toBeVisible();
  registry.refuse = null;
});
