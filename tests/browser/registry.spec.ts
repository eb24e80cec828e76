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
    more: { packages: [], remotes: [{ type: 'streamable-http', url: 'https://hosted.example/mcp' }] },
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

/** A Catwalk that reads a registry on this computer. */
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

test('fills by itself, finds while one types, and keeps what is shown in the address', async ({ page }) => {
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
  await expect(page.getByText('Nothing matches.')).toBeVisible();
  await page.getByRole('button', { name: 'Show all servers' }).click();
  await expect(search(page)).toHaveValue('');
  await expect(rows(page)).toHaveCount(40);
});

test('the palette finds what the registry lists, and leads from it to its form', async ({ page }) => {
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

test('more come before the end is reached, each once', async ({ page }) => {
  await openFilled(page, '/registry?sort=name');
  await expect(async () => {
    await page.mouse.wheel(0, 20_000);
    await expect(rows(page)).toHaveCount(123, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  const names = await rows(page).locator('p:first-of-type').allTextContents();
  expect(new Set(names).size).toBe(123);
});

test('from a server that was looked at closer to its form', async ({ page }) => {
  await openFilled(page, '/registry?q=everything');
  await rows(page).first().getByRole('link').click();
  const details = page.getByRole('complementary', { name: 'Everything' });
  await expect(details.getByRole('heading', { name: 'Everything' })).toBeFocused();
  await expect(details).toContainText('GitHub account modelcontextprotocol, checked by the MCP registry');
  await expect(details).toContainText('EXAMPLE_KEY');
  await expect(details.getByRole('link', { name: 'modelcontextprotocol.io' })).toHaveAttribute('rel', /noopener/);
  await details.getByRole('link', { name: 'Deploy this' }).click();
  await page.waitForURL('**/new?analysis=*');
  await expect(page.getByRole('main')).toContainText('@modelcontextprotocol/server-everything', { timeout: 60_000 });
});

test('one that cannot be deployed says why; what strangers wrote is text', async ({ page }) => {
  await openFilled(page, '/registry?server=com.example/hosted');
  const details = page.getByRole('complementary');
  await expect(details).toContainText('It already runs elsewhere.');
  await expect(details.getByRole('heading', { name: '<img src=x onerror=alert(1)> Hosted' })).toBeVisible();
  await expect(details.getByRole('link', { name: 'Deploy this' })).toHaveCount(0);
  await page.getByLabel('Close details').click();
  await expect(details).toHaveCount(0);
  await page.goBack();
  await expect(details).toBeVisible();
});

test('browsing goes on while the registry is away', async ({ page, registry }) => {
  await openFilled(page);
  registry.refuse = () => ({ status: 503 });
  await page.goto('/registry?q=forecast&server=io.github.old/forecast');
  await expect(page.getByRole('complementary')).toContainText('Use another one.');
  registry.refuse = null;
});

test('axe finds nothing, in either theme, wide and narrow', async ({ page }) => {
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

test('is read at once when the administrator asks, and says what went wrong', async ({ page, registry }) => {
  await openFilled(page);
  registry.servers.push(npmServer('io.github.new/arrival', { title: 'Arrival', updatedAt: new Date().toISOString() }));
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByRole('status').filter({ hasText: '124 servers' })).toBeVisible();
  registry.refuse = () => ({ status: 503 });
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByText('The MCP registry answered with status 503. It is tried again at')).toBeVisible();
  registry.refuse = null;
});
