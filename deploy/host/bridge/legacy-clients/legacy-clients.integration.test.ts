import { Client, SSEClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLATFORM_PRINCIPAL } from '../../contract.ts';
import { createModernClient } from '../../modern-client.testing.ts';
import {
  eventually,
  type Json,
  type Message,
  messagesOf,
  readEvents,
  TestClient,
  type TestHost,
  textOf,
} from '../../test-rig.ts';
import { callOf, startModernServer } from './legacy-clients.testing.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startModernServer();
});
afterAll(() => host.close({ drainMs: 0 }));

describe('a legacy client over a server that speaks 2026-07-28 only', () => {
  test.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'opens a session of %s from server/discover',
    async (protocolVersion) => {
      const { initialize } = await TestClient.open(host, { protocolVersion });
      expect(initialize.result).toEqual({
        protocolVersion,
        capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} },
        serverInfo: { name: 'modern-fixture', version: '2.0.0' },
        instructions: 'Grüße',
      });
    },
  );

  test('is offered the newest legacy version if it asks for an unknown one', async () => {
    const { initialize } = await TestClient.open(host, { protocolVersion: '1999-01-01' });
    expect(initialize.result?.['protocolVersion']).toBe('2025-11-25');
  });

  test('is introduced to the server with each request, and cannot pose as another client', async () => {
    const client = await TestClient.open(host, { capabilities: { roots: { listChanged: true }, tasks: {} } });
    const meta = { 'io.modelcontextprotocol/clientCapabilities': { sampling: {} }, 'x/own': 1 };
    const [answer] = await messagesOf(await client.postTool(1, 'meta', {}, meta));
    expect(JSON.parse(textOf(answer))).toEqual({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': { roots: { listChanged: true } },
      'io.modelcontextprotocol/logLevel': 'info',
      'x/own': 1,
    });
  });

  test('gets results without the members that its protocol does not have', async () => {
    const client = await TestClient.open(host);
    const [list] = await callOf(client, 'tools/list');
    expect(Object.keys(list?.result ?? {})).toEqual(['tools']);
    expect(JSON.stringify(list?.result)).not.toContain('outputSchema');
    const [array] = await messagesOf(await client.postTool(2, 'array'));
    expect(array).toEqual({ jsonrpc: '2.0', id: 2, result: { content: [{ type: 'text', text: '[1]' }] } });
  });

  test('gets the error codes of its era', async () => {
    const client = await TestClient.open(host);
    const [missing] = await callOf(client, 'resources/read', { uri: 'file:///none' });
    expect(missing?.error?.['code']).toBe(-32002);
    const [unknown] = await callOf(client, 'no/such');
    expect(unknown?.error?.['code']).toBe(-32601);
  });

  test('is answered a ping by the host', async () => {
    const client = await TestClient.open(host);
    expect(await callOf(client, 'ping')).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
    expect(JSON.parse(await client.tool('seen'))).not.toContain('ping');
  });

  test('keeps its log level for its own session', async () => {
    const [loud, quiet] = [await TestClient.open(host), await TestClient.open(host)];
    expect((await callOf(loud, 'logging/setLevel', { level: 'debug' }))[0]?.result).toEqual({});
    expect((await callOf(loud, 'logging/setLevel', { level: 'shout' }))[0]?.error?.['code']).toBe(-32602);
    const levelOf = async (client: TestClient) =>
      JSON.parse(await client.tool('meta'))['io.modelcontextprotocol/logLevel'];
    expect([await levelOf(loud), await levelOf(quiet)]).toEqual(['debug', 'info']);
    const messages = await messagesOf(await loud.postTool(3, 'log', { level: 'debug', text: 'hi' }));
    expect(messages.map(({ method, id }) => method ?? id)).toEqual(['notifications/message', 3]);
  });

  test('keeps its log level when its host starts cold', async () => {
    const [first, second] = [await startModernServer(), await startModernServer()];
    const client = await TestClient.open(first);
    await callOf(client, 'logging/setLevel', { level: 'debug' });
    const { sessions } = (await (await first.request('/quiesce?parked=1', { method: 'POST' })).json()) as {
      sessions: unknown; // the host's own
    };
    await second.request('/sessions', { method: 'POST', body: JSON.stringify(sessions) });
    const answered = await second.request('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': client.session,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'meta', arguments: {} } }),
    });
    const [answer] = await messagesOf(answered);
    expect(JSON.parse(textOf(answer))).toMatchObject({ 'io.modelcontextprotocol/logLevel': 'debug' });
    await Promise.all([first.close({ drainMs: 0 }), second.close({ drainMs: 0 })]);
  });

  test('gets progress under its own token', async () => {
    const client = await TestClient.open(host);
    const messages = await messagesOf(await client.postTool(1, 'progress', {}, { progressToken: 'mine' }));
    expect(messages.slice(0, -1).map(({ params }) => params)).toEqual([
      { progressToken: 'mine', progress: 1 },
      { progressToken: 'mine', progress: 2 },
    ]);
  });

  test('cancels a call at the server under the id that the server knows', async () => {
    const client = await TestClient.open(host);
    const hanging = client.postTool('long', 'hang');
    await eventually('the call to be under way', () => host.status().children.some(({ inFlight }) => inFlight > 0));
    await client.post({ method: 'notifications/cancelled', params: { requestId: 'long', reason: 'enough' } });
    expect((await messagesOf(await hanging)).at(-1)?.error).toBeDefined();
    const sent: Message[] = JSON.parse(await client.tool('notifications'));
    expect(sent.filter(({ params }) => params?.['reason'] === 'enough')).toEqual([
      expect.objectContaining({ params: { requestId: expect.any(Number), reason: 'enough' } }),
    ]);
  });

  test('receives changes on its GET stream, those of resources only while it is subscribed', async () => {
    const [client, other] = [await TestClient.open(host), await TestClient.open(host)];
    const subscribed = await callOf(client, 'resources/subscribe', { uri: 'file:///a' });
    expect(subscribed[0]?.result).toEqual({});
    const abort = new AbortController();
    const events = readEvents(await client.get({}, { signal: abort.signal }));
    const next = async (): Promise<Message> => {
      for (;;) {
        const { data } = (await events.next()).value ?? { data: '{}' };
        if (data !== '') return JSON.parse(data);
      }
    };
    await other.tool('change', { uri: 'file:///a' });
    expect(await next()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/resources/updated',
      params: { uri: 'file:///a' },
    });
    await callOf(client, 'resources/unsubscribe', { uri: 'file:///a' });
    await other.tool('change', { uri: 'file:///a' });
    await other.tool('change');
    expect((await next()).method).toBe('notifications/tools/list_changed');
    abort.abort();
    // All sessions of one principal share one subscription, whatever they want.
    expect(JSON.parse(await other.tool('subscriptions'))).toHaveLength(1);
  });

  test('is refused a subscription that the server does not agree to', async () => {
    const client = await TestClient.open(host);
    const [answer] = await callOf(client, 'resources/subscribe', { uri: 'secret:a' });
    expect(answer?.error?.['code']).toBe(-32602);
  });

  test('may speak HTTP+SSE of 2024', async () => {
    const client = new Client({ name: 'old', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
    await client.connect(new SSEClientTransport(new URL(`${host.url}/sse`)));
    const answer = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(answer.content).toEqual([{ type: 'text', text: 'hi' }]);
    await client.close();
  });
});

test('clients of one principal share a modern child whatever they can do, others have their own', async () => {
  const pidOf = async (principal: string, capabilities: Json) =>
    (await TestClient.open(host, { principal, capabilities })).tool('pid');
  const first = await pidOf('a', { elicitation: {} });
  expect(await pidOf('a', { sampling: {} })).toBe(first);
  expect(await pidOf('b', { elicitation: {} })).not.toBe(first);
});

test('SHARED: clients of both eras share one modern child', async () => {
  const shared = await startModernServer({ isolation: 'SHARED' });
  try {
    const pid = await (await TestClient.open(shared, { principal: 'a' })).tool('pid');
    expect(textOf(await createModernClient(shared, { principal: 'b' }).call('pid'))).toBe(pid);
  } finally {
    await shared.close({ drainMs: 0 });
  }
});

test('a server that crashed comes back to the sessions of legacy clients, with their subscriptions', async () => {
  const crashing = await startModernServer({ isolation: 'PER_SESSION' });
  try {
    const client = await TestClient.open(crashing);
    await callOf(client, 'resources/subscribe', { uri: 'file:///a' });
    const [lost] = await messagesOf(await client.postTool(1, 'crash'));
    expect(lost?.error?.['message']).toBeDefined();
    const restored = async () => JSON.parse(await client.tool('subscriptions'));
    await eventually('the subscription', async () => JSON.stringify(await restored()).includes('file:///a'));
    await client.delete();
    await eventually('the child to end', () => crashing.status().children.length === 0);
  } finally {
    await crashing.close({ drainMs: 0 });
  }
});

test('the platform is never translated, so that its handshake finds what the server itself speaks', async () => {
  const own = await startModernServer();
  try {
    await expect(TestClient.open(own, { principal: PLATFORM_PRINCIPAL })).rejects.toThrow('-32022');
    await TestClient.open(own, { principal: 'a' });
    expect(own.status().era).toBe('modern');
  } finally {
    await own.close({ drainMs: 0 });
  }
});
