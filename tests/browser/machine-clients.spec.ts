import { createRawClient, jsonOf } from '../oauth/raw-client.ts';
import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('creates a machine client in the Access tab, which receives tokens until it is revoked', async ({
  page,
  catwalk,
  dataDir,
}) => {
  const path = await deployDemo(page, dataDir, 'machine');
  const raw = createRawClient({ app: catwalk }, path.split('/').at(-1) ?? '');
  await page.getByRole('link', { name: 'Access' }).click();
  await page.getByLabel('Client name').fill('nightly job');
  await page.getByRole('button', { name: 'Create client' }).click();
  const shown = page.getByTestId('copy-client-id-and-secret');
  await expect(shown).toHaveText(/^[0-9a-f-]{36}:cws_/);
  const [clientId = '', secret = ''] = ((await shown.textContent()) ?? '').split(':');
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
  const { access_token: token = '' } = await jsonOf(raw.form('token', form));
  expect((await raw.call(token)).status).toBe(200);

  await page.getByRole('button', { name: 'Revoke nightly job' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('button', { name: 'Revoke nightly job' })).toHaveCount(0);
  expect((await raw.form('token', form)).status).toBe(401);
  await expect.poll(async () => (await raw.call(token)).status).toBe(401);
});
