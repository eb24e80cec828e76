import type { Page } from '@playwright/test';
import { violationsInBothThemes } from './axe.ts';
import { expect, test } from './catwalk.ts';
import { startForMany } from './many-people.ts';

const PASSWORD = 'a password of some length';

/** Signs in with a link of the administrator and sets a password. */
async function join(page: Page, administrator: Page, email: string): Promise<void> {
  await administrator.goto('/settings/members');
  await administrator.getByLabel('Email').fill(email);
  await administrator.getByRole('button', { name: 'Invite' }).click();
  const link = await administrator.getByTestId('copy-sign-in-link').textContent();
  await page.goto(link ?? '');
  await page.waitForURL('**/deployments');
  await page.goto('/account');
  await page.getByRole('textbox', { name: 'New password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByRole('button', { name: 'Change password' })).toBeVisible();
  await page.goto('/deployments');
}

test('members join, sign in and out, and never see the deployments of others', async ({ browser }) => {
  await using server = await startForMany();
  const open = async () =>
    (await browser.newContext({ baseURL: server.url, storageState: { cookies: [], origins: [] } })).newPage();
  const administrator = await open();
  await administrator.goto(server.signInUrl);
  await administrator.waitForURL('**/deployments');
  const ann = await open();
  const found = await violationsInBothThemes(ann, 'sign-in-password', async () => {
    await ann.goto('/sign-in');
    await expect(ann.getByRole('button', { name: 'Sign in' })).toBeVisible();
  });
  await join(ann, administrator, 'ann@example.com');
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
  await join(ben, administrator, 'ben@example.com');
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
  await administrator.context().close();
});
