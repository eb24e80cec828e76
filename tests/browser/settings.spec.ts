import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { createLocalMachines } from '#deploy/local/local-machines.ts';
import { expect, ownServer, test } from './catwalk.ts';

const GITHUB = 'ghp_own0000000000000000000000000abcd';
const VIEWS = [
  ['light', 1440, 900],
  ['dark', 360, 740],
] as const;
const FLY = 'fm2_own000000000000000000000000acme';

/** Starts stand-ins for GitHub and Fly that verify keys. */
async function startServices() {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-services-'));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const fly = await createLocalMachines({
    dataDir,
    cacheDir: path.join(dataDir, 'cache'),
    port: 0,
    token: 'operator',
    organizationTokens: { acme: FLY },
    apps: [],
  });
  opened.defer(fly.close);
  const web = createServer((request, response) => {
    const isKnown = request.headers.authorization === `Bearer ${GITHUB}`;
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    response.end(isKnown ? '{"login":"ann"}' : '{}');
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  opened.defer(async () => void web.close());
  const { port } = web.address() as AddressInfo; // it listens on TCP
  const running = opened.move();
  return {
    environment: {
      MACHINES: 'fly',
      FLY_API_TOKEN: 'operator',
      FLY_API_BASE_URL: fly.baseUrl,
      FLY_MCP_IMAGE: 'registry.example/host:1',
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Checks with axe that the page has no violations, and that it is not wider than the screen. Saves screenshots. */
async function checkLayout(page: Page): Promise<void> {
  for (const [colorScheme, width, height] of VIEWS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.screenshot({ path: `screenshots/settings-keys-${colorScheme}-${width}.png`, fullPage: true });
  }
}

test('checks keys when they are saved, shows them masked, and removes them', async ({ browser }) => {
  await using services = await startServices();
  await using own = await ownServer(browser, { environment: services.environment });
  const { page } = own;
  await page.goto('/settings');

  const github = page.getByRole('listitem', { name: 'GitHub' });
  await expect(github).toContainText('Not set');
  await github.getByRole('button', { name: 'Add your key' }).click();
  const token = page.getByLabel('GitHub token', { exact: true });
  await expect(token).toBeFocused();
  await token.fill('two words');
  await expect(github).toContainText('A key has no spaces');
  await expect(github.getByRole('button', { name: 'Check and save' })).toBeDisabled();
  await token.fill('ghp_wrong');
  await token.press('Enter');
  await expect(github).toContainText('GitHub does not accept this token.');
  await token.fill(GITHUB);
  await token.press('Enter');
  await expect(github).toContainText('Your key');
  await expect(github).toContainText('••••abcd');
  await expect(github).toContainText('ann');
  await expect(page.getByText(GITHUB)).toHaveCount(0);
  await github.getByRole('button', { name: 'Check now' }).click();
  await expect(github.getByRole('alert')).toHaveCount(0);

  const fly = page.getByRole('listitem', { name: 'Fly.io' });
  await expect(fly).toContainText('Installation key');
  await fly.getByRole('button', { name: 'Add your key' }).click();
  await fly.getByLabel('Fly token', { exact: true }).fill(FLY);
  await fly.getByRole('button', { name: 'Check and save' }).click();
  await expect(fly).toContainText('in acme (created at the first deploy');

  await page.reload();
  await expect(github).toContainText('••••abcd');
  await expect(page.getByText(GITHUB)).toHaveCount(0);
  await github.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(github).toContainText('Not set');
  await expect(fly).toContainText('••••acme');
  await checkLayout(page);
});

test('the administrator changes the settings of the installation', async ({ browser }) => {
  await using services = await startServices();
  await using own = await ownServer(browser, { environment: services.environment });
  const { page } = own;
  await page.goto('/settings/installation');

  await page.getByLabel('Limited').check();
  await expect(page.getByText('Nothing can confirm an address')).toBeVisible();
  const allowed = page.getByLabel('Addresses and domains');
  await allowed.fill('word@');
  const signUp = page.getByRole('region', { name: 'Sign-up' });
  await expect(signUp).toContainText('Not an email address or a domain');
  await allowed.fill('Ann@Example.com\nacme.test');
  await signUp.getByRole('button', { name: 'Save' }).click();
  const quotas = page.getByRole('region', { name: 'Quotas' });
  await quotas.getByLabel('Machines').fill('-1');
  await expect(quotas.getByRole('button', { name: 'Save' })).toBeDisabled();
  await quotas.getByLabel('Machines').fill('7');
  await quotas.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Personal' }).click();
  await expect(page.getByRole('progressbar', { name: 'Machines: 0 of 7' })).toBeVisible();
  await page.getByRole('link', { name: 'Installation' }).click();

  const alerts = page.getByRole('region', { name: 'Alerts' });
  await alerts.getByLabel('Webhook URL').fill('https://127.0.0.1/hook');
  await alerts.getByRole('button', { name: 'Generate secret' }).click();
  await expect(alerts.getByTestId('copy-signing-secret')).toHaveText(/^whsec_/);
  await alerts.getByRole('button', { name: 'Save' }).click();
  await expect(alerts).toContainText('127.0.0.1 is an address of a private network.');
  await alerts.getByLabel('Webhook URL').fill('https://8.8.8.8/hook');
  await alerts.getByRole('button', { name: 'Save' }).click();
  await expect(alerts.getByRole('button', { name: 'Remove webhook' })).toBeVisible();
  await expect(alerts.getByTestId('copy-signing-secret')).toHaveCount(0);

  await page.reload();
  await expect(page.getByLabel('Limited')).toBeChecked();
  await expect(page.getByLabel('Addresses and domains')).toHaveValue('ann@example.com\n@acme.test');
  await expect(alerts.getByLabel('Webhook URL')).toHaveValue('https://8.8.8.8/hook');
});
