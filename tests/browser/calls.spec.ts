import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Page } from '@playwright/test';
import { violationsInBothThemes } from './axe.ts';
import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

/** Makes an access token on the page of a deployment, and connects the official client with it. */
async function connect(page: Page, path: string, url: string): Promise<Client> {
  const id = path.split('/').at(-1) ?? '';
  const token = await page.evaluate(async (deploymentId) => {
    const answer = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          'mutation T($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on AccessTokenPayload { token } } }',
        variables: { input: { deploymentId, name: 'Laptop' } },
      }),
    });
    return String((await answer.json()).data.createAccessToken.token);
  }, id);
  const client = new Client({ name: 'reader', version: '2.0' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/api/mcp/${id}`), { requestInit }));
  return client;
}

test('calls of a client appear live, can be filtered, opened, linked to and run again', async ({
  page,
  dataDir,
  catwalk,
}) => {
  test.setTimeout(120_000);
  const path = await deployDemo(page, dataDir, 'Called');
  await page.getByRole('link', { name: 'Calls', exact: true }).click();
  await expect(page.getByText('No calls yet.')).toBeVisible();

  const client = await connect(page, path, catwalk.url);
  await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
  const list = page.getByRole('list', { name: 'Calls' });
  const rows = list.getByRole('listitem');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('greet');
  await expect(rows.first()).toContainText('OK');
  await expect(client.callTool({ name: 'crash' })).rejects.toThrow();
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('crash');
  await expect(rows.first()).toContainText('Protocol error');
  await client.close();

  await page.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'Did not end well' }).click();
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/outcome=failed/);
  await page.reload();
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('crash');
  await page.goto(`${path}/calls?tool=greet`);
  await expect(rows).toHaveCount(1);

  await rows.first().getByRole('button').first().click();
  await expect(rows.first()).toContainText('reader 2.0');
  await expect(rows.first()).toContainText('Token “Laptop”');
  await expect(rows.first()).not.toContainText('Ada');
  await expect(page).toHaveURL(/call=\d+/);
  const open = page.url();
  const show = async () => {
    await page.goto(`${open.replace('tool=greet&', '')}`);
    await expect(rows).toHaveCount(2);
  };
  expect(await violationsInBothThemes(page, 'calls', show)).toEqual([]);
  await page.getByRole('link', { name: 'Run again in the playground' }).click();
  await expect(page).toHaveURL(/playground\?tool=greet/);
  await expect(page.getByRole('main')).toContainText('Greets a person by name.');
});
