import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { startProcess } from '../instances/instance.ts';
import { violationsInBothThemes } from './axe.ts';
import { expect, test } from './catwalk.ts';
import { startServerWith } from './server-process.ts';

const PASSWORD = 'a password of some length';

/** Starts a server for several users, whose machines come from the Machines API on this computer. */
async function startForMany() {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'catwalk-people-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const socket = path.join(folder, 'machines.sock');
  const machines = startProcess('deploy/local/main.ts', ['--data-dir', path.join(folder, 'm'), '--socket', socket], {});
  opened.defer(() => machines.end('SIGTERM').then(() => {}));
  const { baseUrl } = JSON.parse(await machines.line(/baseUrl/)) as { baseUrl: string }; // what the program prints
  const server = await startServerWith({
    dataDir: path.join(folder, 'data'),
    environment: {
      MACHINES: 'fly',
      FLY_API_BASE_URL: baseUrl,
      FLY_API_TOKEN: 'any',
      FLY_MCP_IMAGE: 'registry.fly.io/any:1',
      MCP_REGISTRY_URL: 'http://127.0.0.1:9',
    },
  });
  opened.defer(server.stop);
  const running = opened.move();
  return { url: server.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function signUp(page: Page, name: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Create one' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Email').fill(`${name.toLowerCase()}@example.com`);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/deployments');
}

test('users sign up, in and out, and never see the deployments of others', async ({ browser }) => {
  await using server = await startForMany();
  const open = async () =>
    (await browser.newContext({ baseURL: server.url, storageState: { cookies: [], origins: [] } })).newPage();
  const ann = await open();
  const found = await violationsInBothThemes(ann, 'sign-in-password', async () => {
    await ann.goto('/sign-in');
    await expect(ann.getByRole('button', { name: 'Sign in' })).toBeVisible();
  });
  await signUp(ann, 'Ann');
  found.push(
    ...(await violationsInBothThemes(ann, 'account-password', async () => {
      await ann.goto('/account');
      await expect(ann.getByRole('button', { name: 'Change password' })).toBeVisible();
    })),
  );
  expect(found).toEqual([]);
  await ann.goto('/new?source=%40modelcontextprotocol%2Fserver-memory');
  await ann.getByRole('button', { name: 'Deploy', exact: true }).click();
  await ann.waitForURL(/\/deployments\/[\da-f-]{36}$/);
  const address = new URL(ann.url()).pathname;
  await expect(ann.getByRole('heading', { name: 'server-memory' })).toBeVisible();

  const ben = await open();
  await signUp(ben, 'Ben');
  await expect(ben.getByRole('heading', { name: /Paste an MCP server/ })).toBeVisible();
  for (const tab of ['', '/logs', '/settings', '/playground']) {
    await ben.goto(address + tab);
    await expect(ben.getByRole('heading', { name: 'This deployment does not exist.' })).toBeVisible();
  }
  await ben.goto('/audit');
  await expect(ben.getByRole('heading', { name: 'Audit', level: 1 })).toBeVisible();
  await expect(ben.getByText('server-memory')).toHaveCount(0);

  // Signed out, a deep link leads to the sign-in page, and from there to its page.
  await ann.getByRole('button', { name: /^Account/ }).click();
  await ann.getByRole('menuitem', { name: 'Sign out' }).click();
  await ann.waitForURL('**/sign-in');
  await ann.goto(`${address}/logs`);
  await ann.waitForURL('**/sign-in');
  await ann.getByLabel('Email').fill('ann@example.com');
  await ann.getByRole('textbox', { name: 'Password' }).fill('not the password');
  await ann.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(ann.getByRole('alert')).toBeVisible();
  await ann.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await ann.getByRole('button', { name: 'Sign in', exact: true }).click();
  await ann.waitForURL(`**${address}/logs`);
  await expect(ann.getByRole('heading', { name: 'server-memory' })).toBeVisible();
  await ann.context().close();
  await ben.context().close();
});
