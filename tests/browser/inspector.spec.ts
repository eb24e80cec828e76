import type { Page } from '@playwright/test';
import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';
import { startInspector } from './inspector.ts';

/** Connects in the inspector's page and calls the demo server's tool. */
async function callGreet(page: Page): Promise<void> {
  await page.getByRole('switch', { name: /^Connect or disconnect/ }).click({ force: true }); // its label covers it
  await page.getByRole('radiogroup').getByText('Tools', { exact: true }).click();
  await page.getByRole('button', { name: 'greet' }).click();
  await page.getByRole('textbox', { name: 'name', exact: true }).fill('inspector');
  await page.getByRole('button', { name: 'Execute Tool' }).click();
  await expect(page.getByText('Hello, inspector.').first()).toBeVisible();
}

test("the inspector's web page lists and calls tools, with a token and without one on a public endpoint", async ({
  page,
  dataDir,
  context,
}) => {
  await deployDemo(page, dataDir, 'inspected');
  const endpointUrl = (await page.getByTestId('copy-endpoint').textContent()) ?? '';
  const token = (await page.getByTestId('copy-token').textContent()) ?? '';
  const withToken = await startInspector(endpointUrl, token);
  try {
    const inspector = await context.newPage();
    await inspector.goto(withToken.url);
    await callGreet(inspector);
    await inspector.screenshot({ path: 'screenshots/inspector.png' });
    expect(await callFromPage(inspector, endpointUrl, token)).toEqual(['greet', 'ask', 'crash']);
  } finally {
    await withToken.close();
  }

  const opened = await page.evaluate(async (id) => {
    const query = `mutation Open($id: ID!) { it: updateDeployment(input: { id: $id, access: PUBLIC }) { __typename } }`;
    const body = JSON.stringify({ query, variables: { id } });
    const answer = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return (await answer.json()) as unknown;
  }, endpointUrl.split('/').pop());
  expect(opened).toEqual({ data: { it: { __typename: 'Deployment' } } });
  const withoutToken = await startInspector(endpointUrl, null);
  try {
    const inspector = await context.newPage();
    await inspector.goto(withoutToken.url);
    await callGreet(inspector);
  } finally {
    await withoutToken.close();
  }
});

/** Calls the endpoint from another origin with preflights, as a client that runs in a browser does. */
const callFromPage = (page: Page, endpointUrl: string, token: string): Promise<string[]> =>
  page.evaluate(
    async ({ url, bearer }) => {
      const post = async (message: object, session: string | null) => {
        const headers: Record<string, string> = {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: `Bearer ${bearer}`,
          'mcp-protocol-version': '2025-11-25',
        };
        if (session !== null) headers['mcp-session-id'] = session;
        const answer = await fetch(url, {
          method: 'POST',
          headers,
          body: JSON.stringify({ jsonrpc: '2.0', ...message }),
        });
        const text = await answer.text();
        const json = /^data: (\{.*)$/m.exec(text)?.[1] ?? text;
        return { session: answer.headers.get('mcp-session-id'), message: json === '' ? null : JSON.parse(json) };
      };
      const clientInfo = { name: 'page', version: '1' };
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
      const { session } = await post({ id: 1, method: 'initialize', params }, null);
      await post({ method: 'notifications/initialized' }, session);
      const { message } = await post({ id: 2, method: 'tools/list' }, session);
      return message.result.tools.map(({ name }: { name: string }) => name);
    },
    { url: endpointUrl, bearer: token },
  );
