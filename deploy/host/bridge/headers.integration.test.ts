import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModernClient, headerValue } from '../modern-client.testing.ts';
import { messagesOf, readEvents, startTestHost, TestClient, type TestHost, textOf } from '../test-rig.ts';

const MODERN = fileURLToPath(new URL('../../../tests/fixtures/conformance-server/main.ts', import.meta.url));

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.close({ drainMs: 0 }));

const NAME = 'größe';

test('a tool whose name is not ASCII is called in base64, and never in raw bytes', async () => {
  const client = createModernClient(host);
  expect(textOf(await client.call(NAME))).toBe('groß');
  const raw = Buffer.from(NAME).toString('latin1');
  const response = await client.send('tools/call', { name: NAME }, { headers: { 'mcp-name': raw } });
  expect([response.status, (await messagesOf(response))[0]?.error?.['code']]).toEqual([400, -32020]);
  const other = await client.send('tools/call', { name: NAME }, { headers: { 'mcp-name': headerValue('große') } });
  expect(other.status).toBe(400);
});

test('the official client calls a tool whose name is not ASCII', async () => {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`)));
  expect((await client.callTool({ name: NAME, arguments: {} })).content).toEqual([{ type: 'text', text: 'groß' }]);
  await client.close();
});

describe.each(['legacy', 'modern'] as const)('at a %s server', (build) => {
  let own: TestHost;
  beforeAll(async () => {
    own = await startTestHost(
      build === 'legacy' ? {} : { package: { runtime: 'command', command: 'node', args: [MODERN, 'modern'] } },
    );
  });
  afterAll(() => own.close({ drainMs: 0 }));

  test('a parameter with x-mcp-header must be repeated in its header, from the first call on', async () => {
    const client = createModernClient(own);
    const name = build === 'legacy' ? 'region' : 'test_custom_header';
    const statusOf = async (headers: Record<string, string>) => {
      const response = await client.send('tools/call', { name, arguments: { region: 'größer' } }, { headers });
      const [answer] = await messagesOf(response);
      return answer?.error ? [response.status, answer.error['code']] : 'called';
    };
    expect(await statusOf({})).toEqual([400, -32020]);
    expect(await statusOf({ 'mcp-param-region': 'klein' })).toEqual([400, -32020]);
    expect(await statusOf({ 'Mcp-Param-Region': headerValue('größer') })).toBe('called');
    const without = await client.request('tools/call', { name, arguments: {} });
    expect(without.error?.['code']).not.toBe(-32020);
  });
});

describe('batches', () => {
  const send = (client: TestClient, body: unknown) =>
    host.request('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': client.session,
      },
      body: JSON.stringify(body),
    });
  const ping = (id: unknown) => ({ jsonrpc: '2.0', id, method: 'ping' });

  test('a batch of one is answered by a batch of one', async () => {
    const client = await TestClient.open(host, { protocolVersion: '2025-03-26' });
    expect(await (await send(client, [ping('a')])).json()).toEqual([{ jsonrpc: '2.0', id: 'a', result: {} }]);
    expect(await (await send(client, ping('a'))).json()).toEqual({ jsonrpc: '2.0', id: 'a', result: {} });
  });

  test.each(['2025-06-18', '2025-11-25'])('%s has no batches', async (protocolVersion) => {
    const client = await TestClient.open(host, { protocolVersion });
    const response = await send(client, [ping(1), ping(2)]);
    expect([response.status, (await messagesOf(response))[0]?.error?.['code']]).toEqual([400, -32600]);
  });

  test('initialize is refused in a batch, wherever it stands', async () => {
    const client = await TestClient.open(host, { protocolVersion: '2025-03-26' });
    const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-03-26' } };
    for (const batch of [[initialize, ping(2)], [ping(2), initialize], [initialize]]) {
      const response = await send(client, batch);
      expect([response.status, (await messagesOf(response))[0]?.error?.['code']]).toEqual([400, -32600]);
    }
  });
});

test('progress of a task goes on after the task was created, until the task has ended', async () => {
  const client = await TestClient.open(host);
  const abort = new AbortController();
  const stream = await client.get({}, { signal: abort.signal });
  const [answer] = await messagesOf(await client.postTool(1, 'task', {}, { progressToken: 'mine' }));
  expect(answer?.result).toEqual({ task: { taskId: 't1', status: 'working' } });
  const seen: unknown[] = [];
  for await (const { data } of readEvents(stream)) {
    if (data === '') continue;
    const { method, params } = JSON.parse(data);
    seen.push(method === 'notifications/progress' ? [params.progressToken, params.progress] : method);
    if (method === 'notifications/tasks/status') break;
  }
  abort.abort();
  expect(seen).toEqual([['mine', 1], ['mine', 2], ['mine', 3], 'notifications/tasks/status']);
});
