import type { Browser } from '@playwright/test';
import { startNpmStandIn } from '#server/domain/analysis/registries/stand-ins/npm-registry.ts';
import { greeterPackage } from '../cli/greeter.ts';
import { violationsInBothThemes } from './axe.ts';
import { expect, ownServer, statusOf, test } from './catwalk.ts';

/** A Catwalk whose npm registry has three small servers, and a page that is signed in to it. */
async function withGreeters(browser: Browser) {
  await using opened = new AsyncDisposableStack();
  const npm = await startNpmStandIn();
  opened.defer(() => npm.close());
  for (const name of ['greeter-one', 'greeter-two', 'greeter-three']) {
    const { manifest, files } = greeterPackage(name);
    npm.publish(manifest, files);
  }
  const environment = { NPM_REGISTRY_URL: npm.url, MCP_REGISTRY_URL: 'http://127.0.0.1:9' };
  const { page } = opened.use(await ownServer(browser, { environment }));
  const running = opened.move();
  return { page, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

const launch = (name: string, value?: string) => ({
  command: 'npx',
  args: ['-y', name],
  env: value === undefined ? {} : { GREETER_NAME: value },
});
const block = (names: Record<string, ReturnType<typeof launch>>) => JSON.stringify({ mcpServers: names }, null, 2);

test('deploys the three servers of a pasted block with one form', async ({ browser }) => {
  await using server = await withGreeters(browser);
  const { page } = server;
  await page.goto('/new');
  const servers = {
    one: launch('greeter-one', 'Ada'),
    two: launch('greeter-two', 'Grace'),
    three: launch('greeter-three'),
  };
  await page.getByLabel('MCP server').fill(block(servers));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '3 servers found' })).toBeVisible({ timeout: 60_000 });
  const choice = page.getByRole('group', { name: 'Servers found' });
  await expect(choice.getByRole('checkbox', { checked: true })).toHaveCount(3);
  for (const [name, value] of [
    ['one', 'Ada'],
    ['two', 'Grace'],
    ['three', ''],
  ] as const) {
    await expect(
      page
        .getByRole('region', { name, exact: true })
        .getByLabel(/GREETER_NAME/)
        .first(),
    ).toHaveValue(value);
  }
  for (const box of await page.getByLabel('I trust this package and want to run it').all()) await box.check();
  expect(await violationsInBothThemes(page, 'block', async () => {})).toEqual([]);

  // The one field that is missing is asked for before anything is deployed.
  await page.getByRole('button', { name: 'Deploy 3 servers' }).click();
  const missing = page
    .getByRole('region', { name: 'three', exact: true })
    .getByLabel(/GREETER_NAME/)
    .first();
  await expect(missing).toBeFocused();
  await page.keyboard.type('Joan');
  await page.keyboard.press('ControlOrMeta+Enter');

  await page.waitForURL('**/deployments');
  for (const name of ['one', 'two', 'three']) {
    const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) });
    await expect(row).toContainText('Running', { timeout: 60_000 });
  }
});

test('deploys the chosen servers of a block, and not the others', async ({ browser }) => {
  await using server = await withGreeters(browser);
  const { page } = server;
  await page.goto('/new');
  await page
    .getByLabel('MCP server')
    .fill(block({ four: launch('greeter-one', 'Ada'), five: launch('greeter-two', 'Grace') }));
  await page.keyboard.press('Enter');
  await page
    .getByRole('group', { name: 'Servers found' })
    .getByText('four', { exact: true })
    .click({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'four', exact: true })).toHaveCount(0);
  for (const box of await page.getByLabel('I trust this package and want to run it').all()) await box.check();
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.waitForURL(/\/deployments\/[\da-f-]{36}$/);
  await page.goto('/deployments');
  await expect(page.getByRole('link', { name: 'five', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'four', exact: true })).toHaveCount(0);
});

test('runs a pasted command with its subcommand and its values', async ({ browser }) => {
  await using server = await withGreeters(browser);
  const { page } = server;
  await page.goto('/new');
  await page.getByLabel('MCP server').fill('GREETER_NAME=Ada npx -y greeter-one serve --tone warm');
  await page.keyboard.press('Enter');
  const value = page.getByLabel(/GREETER_NAME/).first();
  await expect(value).toHaveValue('Ada', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  await page.getByRole('link', { name: 'Playground' }).click();
  await page.getByRole('button', { name: 'greet', exact: true }).click();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByText('Hello Ada serve --tone warm')).toBeVisible();
});
