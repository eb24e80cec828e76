import { fileURLToPath } from 'node:url';
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, expect, test } from 'vitest';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { PRINCIPAL_HEADER } from '../header-contract.ts';
import { eventually, messagesOf, readEvents, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

const DUAL_ERA = fileURLToPath(new URL('../../../tests/fixtures/conformance-server/main.ts', import.meta.url));

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

const connect = async (mode: 'auto' | 'legacy') => {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`)));
  return client;
};

const dualEra = () => startTestHost({ package: { runtime: 'command', command: 'node', args: [DUAL_ERA] } });

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

const modern = (id: unknown, method: string, params: Record<string, unknown> = {}, init: RequestInit = {}) =>
  host.request('/mcp', {
    method: 'POST',
    ...init,
    headers: {
      ...init.headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {}),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: META } }),
  });

test('a dual-era client and a legacy server meet in the modern era, by translation', async () => {
  host = await startTestHost();
  const client = await connect('auto');
  expect(client.getProtocolEra()).toBe('modern');
  const answer = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
  expect(answer.content).toEqual([{ type: 'text', text: 'hi' }]);
  expect(host.status().era).toBe('legacy');
  await client.close();
});

test('a dual-era client and a dual-era server meet in the modern era, legacy clients beside them', async () => {
  host = await dualEra();
  const [modernClient, legacyClient] = [await connect('auto'), await connect('legacy')];
  expect([modernClient.getProtocolEra(), legacyClient.getProtocolEra()]).toEqual(['modern', 'legacy']);
  for (const client of [modernClient, legacyClient]) {
    const answer = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(answer.content).toEqual([{ type: 'text', text: 'hi' }]);
  }
  expect(host.status().era).toBe('dual');
  await Promise.all([modernClient.close(), legacyClient.close()]);
});

test('modern requests of one principal go to one child, and closing the stream cancels', async () => {
  host = await dualEra();
  const listening = new AbortController();
  const params = { notifications: { toolsListChanged: true } };
  const stream = await modern('my-subscription', 'subscriptions/listen', params, { signal: listening.signal });
  const events = readEvents(stream);
  expect(JSON.parse((await events.next()).value?.data ?? '').method).toBe('notifications/subscriptions/acknowledged');
  await modern(2, 'tools/call', { name: 'test_trigger_tool_change' });
  const change = JSON.parse((await events.next()).value?.data ?? '');
  expect(change).toMatchObject({
    method: 'notifications/tools/list_changed',
    params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 'my-subscription' } },
  });
  expect(host.status().children).toMatchObject([{ inFlight: 1 }]);
  listening.abort();
  await eventually('the cancellation', () => host.status().children.every((child) => child.inFlight === 0));
});

test('the platform looks at the modern child that is there, and the one it started is the first caller’s', async () => {
  host = await dualEra();
  const call = (principal: string, method: string, params = {}) =>
    modern(1, method, params, { headers: { [PRINCIPAL_HEADER]: principal } });
  await call(PLATFORM_PRINCIPAL, 'server/discover');
  const [first, ...others] = host.status().children;
  expect(first).toMatchObject({ era: 'modern' });
  expect(others).toEqual([]);
  expect((await call('a', 'tools/list')).status).toBe(200);
  expect(host.status().children.map(({ pid }) => pid)).toEqual([first?.pid]);
  await call('b', 'tools/list');
  const pids = host.status().children.map(({ pid }) => pid);
  expect(pids).toHaveLength(2); // never shared between callers
  await call(PLATFORM_PRINCIPAL, 'server/discover');
  expect(host.status().children.map(({ pid }) => pid)).toEqual(pids);
});

test('the host tells when a client was last answered, and takes no account of the platform', async () => {
  host = await startTestHost();
  const platform = await TestClient.open(host, { principal: PLATFORM_PRINCIPAL });
  await platform.tool('echo', { text: 'hi' });
  expect(host.status().lastAnswerAt).toBeNull();
  const before = Date.now();
  const client = await TestClient.open(host, { principal: 'a' });
  await client.tool('echo', { text: 'hi' });
  const at = Date.parse(host.status().lastAnswerAt ?? '');
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
});

test('callers of the stateless protocol that are gone leave nothing behind, and may come back', async () => {
  host = await startTestHost(
    { package: { runtime: 'command', command: 'node', args: [DUAL_ERA] } },
    { limits: { sessionIdleMs: 100 } },
  );
  const call = async () => messagesOf(await modern(1, 'tools/list'));
  expect((await call())[0]?.result).toBeDefined();
  await eventually('the caller to be forgotten', () => host.status().children[0]?.sessions === 0);
  expect((await call())[0]?.result).toBeDefined();
});

test('modern errors have the statuses of the 2026 protocol', async () => {
  host = await dualEra();
  const unknown = await modern(1, 'no/such');
  expect([unknown.status, (await messagesOf(unknown))[0]?.error?.['code']]).toEqual([404, -32601]);
  const failedInside = await modern(1, 'tools/call', { name: 'echo' });
  expect(failedInside.status).toBe(200);
  const wrongHeader = await host.request('/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { _meta: META } }),
  });
  expect([wrongHeader.status, (await messagesOf(wrongHeader))[0]?.error?.['code']]).toEqual([400, -32020]);
});

test('clients of 2024 are served over HTTP+SSE, and their session ends with their stream', async () => {
  host = await startTestHost({ isolation: 'PER_SESSION' });
  const client = new Client({ name: 'old', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(new SSEClientTransport(new URL(`${host.url}/sse`)));
  const answer = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
  expect(answer.content).toEqual([{ type: 'text', text: 'hi' }]);
  expect(host.status().sessions).toBe(1);
  await client.close();
  await eventually('the session to end', () => host.status().sessions === 0 && host.status().children.length === 0);
});

test('the endpoint event of HTTP+SSE is relative, so that it holds behind any address', async () => {
  host = await startTestHost();
  const abort = new AbortController();
  const response = await host.request('/sse', { signal: abort.signal });
  const first = await readEvents(response).next();
  expect(first.value).toMatchObject({
    event: 'endpoint',
    data: expect.stringMatching(/^messages\?sessionId=[0-9a-f-]+$/),
  });
  abort.abort();
});

test('a session of the legacy era is never taken for a modern request', async () => {
  host = await startTestHost();
  const client = await TestClient.open(host);
  const [answer] = await messagesOf(
    await client.postTool(1, 'call', {}, { 'io.modelcontextprotocol/related-task': { taskId: '1' } }),
  );
  expect(answer?.result).toBeDefined();
});
