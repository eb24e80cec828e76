import type { Page } from '@playwright/test';
import { violationsInBothThemes } from './axe.ts';
import { expect, test } from './catwalk.ts';
import { startForMany } from './many-people.ts';

const PASSWORD = 'a password of some length';

const linkOn = (page: Page) => page.getByTestId('copy-sign-in-link').textContent();

test('the administrator invites a person, who joins, and locks and deletes the account', async ({ browser }) => {
  await using server = await startForMany();
  const open = async () =>
    (await browser.newContext({ baseURL: server.url, storageState: { cookies: [], origins: [] } })).newPage();
  const administrator = await open();
  await administrator.goto(server.signInUrl);
  await administrator.waitForURL('**/deployments');
  await administrator.goto('/settings');
  await administrator.getByRole('link', { name: 'Installation' }).click();
  await administrator.waitForURL('**/settings/installation');
  await administrator.getByRole('link', { name: 'Manage members' }).click();
  await administrator.getByLabel('Email').fill('ann@example.com');
  await administrator.getByRole('button', { name: 'Invite' }).click();
  const link = (await linkOn(administrator)) ?? '';
  await expect(administrator.getByText('Invited', { exact: true })).toBeVisible();
  const found = await violationsInBothThemes(administrator, 'members', async () => {
    await administrator.goto('/settings/members');
    await expect(administrator.getByText('ann@example.com')).toBeVisible();
  });
  expect(found).toEqual([]);

  const ann = await open();
  await ann.goto(link);
  await ann.waitForURL('**/deployments');
  await ann.goto('/account');
  await ann.getByRole('textbox', { name: 'New password' }).fill(PASSWORD);
  await ann.getByRole('button', { name: 'Set password' }).click();
  await expect(ann.getByRole('button', { name: 'Change password' })).toBeVisible();

  await administrator.reload();
  await expect(administrator.getByText('Invited', { exact: true })).toHaveCount(0);
  await administrator.getByRole('button', { name: 'Lock ann' }).click();
  await administrator.getByRole('dialog').getByRole('button', { name: 'Lock' }).click();
  await expect(administrator.getByText('Locked', { exact: true })).toBeVisible();
  await ann.goto('/sign-in');
  await ann.getByLabel('Email').fill('ann@example.com');
  await ann.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await ann.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(ann.getByRole('alert')).toContainText('This account is locked.');

  await administrator.getByRole('button', { name: 'Delete ann' }).click();
  await administrator.getByRole('dialog').getByRole('textbox').fill('ann');
  await administrator.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(administrator.getByText(/Deleting|No members yet/)).toBeVisible();
  await ann.context().close();
  await administrator.context().close();
});
