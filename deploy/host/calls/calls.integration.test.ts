import { fileURLToPath } from 'node:url';
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, expect, test } from 'vitest';
import type { CallRecord } from '../call-contract.ts';
import { decodeCallPage } from '../call-page.ts';
import { CALLER_HEADER, PRINCIPAL_HEADER } from '../header-contract.ts';
import { eventually, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

const CONFORMANCE = fileURLToPath(new URL('../../../tests/fixtures/conformance-server/main.ts', import.meta.url));
const MODERN = fileURLToPath(new URL('../../../tests/fixtures/stdio/modern-server.ts', import.meta.url));

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

const command = (path: string) => startTestHost({ package: { runtime: 'command', command: 'node', args: [path] } });

const page = async (cursor: string | null = null) =>
  decodeCallPage(
    Buffer.from(await (await host.request(`/calls${cursor === null ? '' : `?cursor=${cursor}`}`)).arrayBuffer()),
  );

/** The calls once there are `count`. */
const calls = (count: number): Promise<CallRecord[]> =>
  eventually(`${count} calls in the log`, async () => {
    const { records } = await page();
    return records.length >= count && records;
  });

const connect = async (mode: 'auto' | 'legacy') => {
  const client = new Client({ name: 'reader', version: '3.1' }, { versionNegotiation: { mode } });
  const headers = { [CALLER_HEADER]: 'token:t1', [PRINCIPAL_HEADER]: 'p1', 'catwalk-request-id': 'r-1' };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`), { requestInit: { headers } }));
  return client;
};

const outcomes = (records: CallRecord[]) => records.map(({ method, name, outcome }) => [method, name, outcome]);

for (const era of ['legacy', 'modern'] as const) {
  test(`a call of a ${era} client is recorded with its caller, client, sizes and session`, async () => {
    host = await command(CONFORMANCE);
    const client = await connect(era === 'legacy' ? 'legacy' : 'auto');
    expect(client.getProtocolEra()).toBe(era);
    await client.listTools();
    await client.callTool({ name: 'echo', arguments: { text: 'héllo' } });
    const [call, ...others] = await calls(1);
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      caller: 'token:t1',
      client: { name: 'reader', version: '3.1' },
      method: 'tools/call',
      name: 'echo',
      outcome: 'OK',
      errorCode: null,
      requestId: 'r-1',
      era,
    });
    expect(call?.sessionId === null).toBe(era === 'modern');
    expect(call?.bytesIn).toBeGreaterThan(50);
    expect(call?.bytesOut).toBeGreaterThan(50);
    expect(call?.durationMs).toBeGreaterThan(0);
    expect(JSON.stringify(await page())).not.toContain('héllo');
    await client.close();
  });

  test(`tool errors, protocol errors and cancellations of a ${era} client have different outcomes`, async () => {
    host = era === 'legacy' ? await startTestHost() : await command(MODERN);
    const client = await connect(era === 'legacy' ? 'legacy' : 'auto');
    await expect(client.readResource({ uri: 'file:///none' })).rejects.toThrow();
    const leaving = new AbortController();
    const hanging = client.callTool({ name: 'hang' }, { signal: leaving.signal });
    hanging.catch(() => {});
    await eventually('the call to be under way', () => host.status().children.some(({ inFlight }) => inFlight > 0));
    leaving.abort('I changed my mind');
    expect(outcomes(await calls(2))).toEqual([
      ['resources/read', 'file:///none', 'PROTOCOL_ERROR'],
      ['tools/call', 'hang', 'CANCELLED'],
    ]);
    await client.close();
  });
}

test('a tool that fails is a tool error in both eras', async () => {
  host = await command(CONFORMANCE);
  for (const mode of ['legacy', 'auto'] as const) {
    const client = await connect(mode);
    const answer = await client.callTool({ name: 'test_error_handling' });
    expect(answer.isError).toBe(true);
    await client.close();
  }
  expect((await calls(2)).map(({ outcome, era }) => [outcome, era])).toEqual([
    ['TOOL_ERROR', 'legacy'],
    ['TOOL_ERROR', 'modern'],
  ]);
});

test('a client that gives up waiting, and says so, has timed out', async () => {
  host = await startTestHost();
  const client = await connect('legacy');
  await expect(client.callTool({ name: 'hang' }, { timeout: 100 })).rejects.toThrow(/timed out/i);
  const [call] = await calls(1);
  expect(call?.outcome).toBe('TIMED_OUT');
  await client.close();
});

test('calls of HTTP+SSE clients are recorded', async () => {
  host = await startTestHost();
  const client = new Client({ name: 'old', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(
    new SSEClientTransport(new URL(`${host.url}/sse`), { requestInit: { headers: { [CALLER_HEADER]: 'public' } } }),
  );
  await client.callTool({ name: 'echo', arguments: { text: 'a' } });
  client.callTool({ name: 'hang' }).catch(() => {});
  await eventually('the call to be under way', () => host.status().children.some(({ inFlight }) => inFlight > 0));
  await expect(client.callTool({ name: 'hang' }, { timeout: 100 })).rejects.toThrow();
  await calls(2); // else the client may be gone before its notification is
  await client.close();
  expect((await calls(3)).map(({ client: who, outcome }) => [who?.name, outcome])).toEqual([
    ['old', 'OK'],
    ['old', 'TIMED_OUT'],
    ['old', 'CANCELLED'],
  ]);
});

test('each call of a batch is recorded with its own answer', async () => {
  host = await startTestHost();
  const client = await TestClient.open(host, { protocolVersion: '2025-03-26' });
  const call = (id: number, name: string) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: { ms: 20 } },
  });
  await (
    await host.request('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': client.session,
        [CALLER_HEADER]: 'public',
      },
      body: JSON.stringify([call(1, 'slow'), call(2, 'echo'), { jsonrpc: '2.0', id: 3, method: 'ping' }]),
    })
  ).text();
  expect(outcomes(await calls(2))).toEqual([
    ['tools/call', 'echo', 'OK'],
    ['tools/call', 'slow', 'OK'],
  ]);
});

test('a refusal of the host and the end of the server are protocol errors', async () => {
  host = await startTestHost();
  const client = await TestClient.open(host, { caller: 'public' });
  client.postTool(1, 'hang').catch(() => {});
  const [child] = await eventually('the call to be under way', () => {
    const { children } = host.status();
    return children.some(({ inFlight }) => inFlight > 0) && children;
  });
  process.kill(child?.pid ?? 0, 'SIGKILL');
  await calls(1);
  const refused = await host.request('/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': 'gone',
      [CALLER_HEADER]: 'public',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'prompts/get', params: { name: 'greet' } }),
  });
  expect(refused.status).toBe(404);
  expect(outcomes(await calls(2))).toEqual([
    ['tools/call', 'hang', 'PROTOCOL_ERROR'],
    ['prompts/get', 'greet', 'PROTOCOL_ERROR'],
  ]);
});

test('time in which the client had a question to answer is apart', async () => {
  host = await startTestHost();
  const client = new Client(
    { name: 'asked', version: '1' },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode: 'legacy' } },
  );
  client.setRequestHandler('elicitation/create', async () => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return { action: 'accept', content: {} };
  });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`), {
      requestInit: { headers: { [CALLER_HEADER]: 'public' } },
    }),
  );
  await client.callTool({
    name: 'ask',
    arguments: {
      method: 'elicitation/create',
      params: { message: 'Which?', requestedSchema: { type: 'object', properties: {} } },
    },
  });
  const [call] = await calls(1);
  expect(call?.waitedMs).toBeGreaterThanOrEqual(50);
  expect(call?.waitedMs).toBeLessThanOrEqual(call?.durationMs ?? 0);
  await client.close();
});

test('a call without a label, or with one that is not a word, is not recorded', async () => {
  host = await startTestHost();
  for (const caller of [undefined, 'a b<c>'])
    await (await TestClient.open(host, caller === undefined ? {} : { caller })).tool('echo', { text: 'a' });
  await (await TestClient.open(host, { caller: 'token:t' })).tool('pid');
  expect((await calls(1)).map(({ caller, name }) => [caller, name])).toEqual([['token:t', 'pid']]);
});
