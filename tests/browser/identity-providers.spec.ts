import { expect, test } from './catwalk.ts';

test('the administrator trusts an identity provider, cannot link a stranger, and removes the provider', async ({
  page,
}) => {
  await page.goto('/settings/installation');
  await page.getByLabel('Issuer').fill('https://idp.example');
  await page.getByLabel('Address of its public keys').fill('https://idp.example/keys');
  await page.getByRole('button', { name: 'Trust provider' }).click();
  await expect(page.getByText('Keys at https://idp.example/keys')).toBeVisible();

  await page.getByLabel('Subject').fill('U-1');
  await page.getByLabel('User’s address').fill('nobody@example.com');
  await page.getByRole('button', { name: 'Link user' }).click();
  await expect(page.getByText('The user was not found')).toBeVisible();

  await page.getByRole('button', { name: 'Remove provider' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('Keys at https://idp.example/keys')).toHaveCount(0);
});
