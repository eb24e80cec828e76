import { afterEach, describe, expect, test } from 'vitest';
import type { HostConfig } from '../contract.ts';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { eventually, isAlive, messagesOf, readEvents, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

let host: TestHost;
const start = async (config: Partial<HostConfig> = {}, options = {}) => {
  host = await startTestHost(config, options);
  return host;
};
afterEach(() => host.close({ drainMs: 0 }));

const pidOf = (client: TestClient) => client.tool('pid');

describe('AUTO', () => {
  test('sessions of one principal on the same terms share a child, others never do', async () => {
    await start();
    const [a1, a2] = [await TestClient.open(host, { principal: 'a' }), await TestClient.open(host, { principal: 'a' })];
    const b = await TestClient.open(host, { principal: 'b' });
    const older = await TestClient.open(host, { principal: 'a', protocolVersion: '2025-06-18' });
    expect(await pidOf(a1)).toBe(await pidOf(a2));
    expect(new Set([await pidOf(a1), await pidOf(b), await pidOf(older)]).size).toBe(3);
  });

  test('a client that can be called back gets a child of its own', async () => {
    await start();
    const options = { principal: 'a', capabilities: { sampling: {} } };
    const [one, two] = [await TestClient.open(host, options), await TestClient.open(host, options)];
    expect(await pidOf(one)).not.toBe(await pidOf(two));
  });

  test('the child that only the platform used goes to the first caller, and pings never start another', async () => {
    await start();
    const platform = await TestClient.open(host, { principal: PLATFORM_PRINCIPAL });
    const pid = await pidOf(platform);
    expect(await pidOf(await TestClient.open(host, { principal: 'a' }))).toBe(pid);
    expect(await pidOf(await TestClient.open(host, { principal: PLATFORM_PRINCIPAL }))).toBe(pid);
    expect(await pidOf(await TestClient.open(host, { principal: 'b' }))).not.toBe(pid);
    expect(host.status().children).toHaveLength(2);
  });

  test('a session does not exist for another principal, even one that knows its id', async () => {
    await start();
    const client = await TestClient.open(host, { principal: 'a' });
    const response = await host.request('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': client.session,
        'catwalk-principal': 'b',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
    });
    expect(response.status).toBe(404);
  });

  test('1,000 sessions opened and abandoned leave one child', async () => {
    await start();
    const first = await TestClient.open(host);
    for (let i = 0; i < 20; i += 1) await Promise.all(Array.from({ length: 50 }, () => TestClient.open(host)));
    expect(host.status()).toMatchObject({ sessions: 1_001 });
    expect(host.status().children).toHaveLength(1);
    expect(await first.tool('echo', { text: 'x' })).toBe('x');
  });

  test('DELETE ends a session, never a shared child', async () => {
    await start();
    const [a, b] = [await TestClient.open(host), await TestClient.open(host)];
    const pid = await pidOf(a);
    expect((await a.delete()).status).toBe(200);
    expect((await a.post({ id: 1, method: 'ping' })).status).toBe(404);
    expect(await pidOf(b)).toBe(pid);
  });

  test('list changes reach every session of the child; an update only those that subscribed', async () => {
    await start();
    const [a, b] = [await TestClient.open(host), await TestClient.open(host)];
    const [streamA, streamB] = [readEvents(await a.get()), readEvents(await b.get())];
    await a.post({ id: 1, method: 'resources/subscribe', params: { uri: 'x://1' } });
    await a.tool('notify', { method: 'notifications/resources/updated', params: { uri: 'x://1' } });
    await a.tool('notify', { method: 'notifications/tools/list_changed' });
    const methods = async (events: AsyncGenerator<{ data: string }>, count: number) => {
      const seen: string[] = [];
      for await (const { data } of events) {
        if (data !== '') seen.push(JSON.parse(data).method);
        if (seen.length === count) break;
      }
      return seen;
    };
    expect(await methods(streamA, 2)).toEqual(['notifications/resources/updated', 'notifications/tools/list_changed']);
    expect(await methods(streamB, 1)).toEqual(['notifications/tools/list_changed']);
  });

  test('one session unsubscribing does not take the subscription from another', async () => {
    await start();
    const [a, b] = [await TestClient.open(host), await TestClient.open(host)];
    for (const client of [a, b]) await client.post({ id: 1, method: 'resources/subscribe', params: { uri: 'x://1' } });
    await a.post({ id: 2, method: 'resources/unsubscribe', params: { uri: 'x://1' } });
    expect(JSON.parse(await b.tool('requests'))).not.toContain('resources/unsubscribe');
    await b.post({ id: 2, method: 'resources/unsubscribe', params: { uri: 'x://1' } });
    expect(JSON.parse(await b.tool('requests'))).toContain('resources/unsubscribe');
  });
});

test('SHARED: one child for all principals', async () => {
  await start({ isolation: 'SHARED' });
  const pids = [];
  for (const principal of ['a', 'b']) pids.push(await pidOf(await TestClient.open(host, { principal })));
  expect(pids[0]).toBe(pids[1]);
});

describe('PER_SESSION', () => {
  test('every session has a child of its own, and DELETE ends it with its grandchildren', async () => {
    await start({ isolation: 'PER_SESSION' });
    const [a, b] = [await TestClient.open(host), await TestClient.open(host)];
    const [pidA, pidB] = [Number(await pidOf(a)), Number(await pidOf(b))];
    expect(pidA).not.toBe(pidB);
    const grandchild = Number(await a.tool('grandchild'));
    expect(isAlive(grandchild)).toBe(true);
    await a.delete();
    await eventually('child and grandchild to end', () => !isAlive(pidA) && !isAlive(grandchild));
    expect(isAlive(pidB)).toBe(true);
  });

  test("the platform's child goes to the first session, its pings start none, and it never ends another's", async () => {
    await start({ isolation: 'PER_SESSION' });
    const platform = await TestClient.open(host, { principal: PLATFORM_PRINCIPAL });
    const pid = await pidOf(platform);
    await platform.delete();
    const client = await TestClient.open(host, { principal: 'a' });
    expect(await pidOf(client)).toBe(pid);
    const ping = await TestClient.open(host, { principal: PLATFORM_PRINCIPAL });
    expect(await pidOf(ping)).toBe(pid);
    await ping.delete();
    expect(await pidOf(client)).toBe(pid);
    expect(await pidOf(await TestClient.open(host, { principal: 'a' }))).not.toBe(pid);
    await TestClient.open(host, { principal: PLATFORM_PRINCIPAL });
    await client.delete();
    await eventually('its own child to end', () => !isAlive(Number(pid)));
  });

  test('too many children: the longest idle one is stopped, and its session goes on with a new one', async () => {
    await start({ isolation: 'PER_SESSION' }, { childrenMax: 2 });
    const [a, b] = [await TestClient.open(host), await TestClient.open(host)];
    await a.post({ id: 1, method: 'logging/setLevel', params: { level: 'debug' } });
    const oldPid = await pidOf(a);
    await pidOf(b);
    const c = await TestClient.open(host);
    expect(host.status().children).toHaveLength(2);
    await pidOf(c);
    const newPid = await pidOf(a);
    expect(newPid).not.toBe(oldPid);
    expect(JSON.parse(await a.tool('requests'))).toEqual([
      'initialize',
      'logging/setLevel',
      'tools/call',
      'tools/call',
    ]);
    expect(JSON.parse(await a.tool('client'))).toMatchObject({ clientInfo: { name: 'test' } });
  });

  test('too many busy children: a clear 503 that says when to come back', async () => {
    await start({ isolation: 'PER_SESSION' }, { childrenMax: 1 });
    const busy = await TestClient.open(host);
    const abort = new AbortController();
    const hanging = busy.postTool(1, 'hang', {}, undefined, { signal: abort.signal }).catch(() => null);
    await eventually('the call to be under way', () => host.status().children.some((child) => child.inFlight > 0));
    const response = await host.request('/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
      }),
    });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    const [answer] = await messagesOf(response);
    expect(answer?.error?.['message']).toContain('no memory');
    abort.abort();
    await hanging;
  });
});

describe('clients that are called back', () => {
  test.each([
    ['sampling', 'sampling/createMessage', { role: 'assistant', content: { type: 'text', text: 'Paris' }, model: 'm' }],
    ['elicitation', 'elicitation/create', { action: 'accept', content: { name: 'Ada' } }],
    ['roots', 'roots/list', { roots: [{ uri: 'file:///x' }] }],
  ])('%s makes its round trip on the stream of the call', async (capability, method, result) => {
    await start();
    const client = await TestClient.open(host, { capabilities: { [capability]: {} } });
    const response = await client.postTool(1, 'ask', { method, params: { a: 1 } });
    const messages = [];
    for await (const { data } of readEvents(response)) {
      if (data === '') continue;
      const message = JSON.parse(data);
      messages.push(message);
      if (message.method === method) {
        expect(message.params).toEqual({ a: 1 });
        expect((await client.post({ id: message.id, result })).status).toBe(202);
      }
    }
    expect(messages.map((message) => message.method ?? message.id)).toEqual([method, 1]);
    expect(JSON.parse(messages[1].result.content[0].text)).toEqual(result);
  });
});
