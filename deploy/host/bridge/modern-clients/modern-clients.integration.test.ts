import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModernClient } from '../../modern-client.testing.ts';
import { eventually, type Json, messagesOf, startTestHost, TestClient, type TestHost, textOf } from '../../test-rig.ts';
import { PREFIX, read, SERVER_INFO } from './modern-answers.testing.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.close({ drainMs: 0 }));

describe('a client of 2026-07-28 over a legacy server', () => {
  test('discovers the server from its handshake', async () => {
    const { result } = await createModernClient(host).request('server/discover');
    expect(result).toEqual({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: SERVER_INFO,
      supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
      capabilities: { tools: { listChanged: true }, logging: {}, resources: { subscribe: true } },
    });
  });

  test('gets results with the members of its protocol', async () => {
    const client = createModernClient(host);
    const list = await client.request('tools/list');
    expect(list.result).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private', _meta: SERVER_INFO });
    const echo = await client.call('echo', { text: 'grün' });
    expect(echo.result).toEqual({
      resultType: 'complete',
      _meta: SERVER_INFO,
      content: [{ type: 'text', text: 'grün' }],
    });
  });

  test('leaves the metadata of its protocol at the host, and its own reaches the server', async () => {
    const client = createModernClient(host);
    const answer = await client.request('tools/call', { name: 'call' }, { meta: { 'x/own': 1, progressToken: 'p' } });
    expect(read(answer)).toMatchObject({ meta: { 'x/own': 1, progressToken: expect.any(Number) } });
    expect(read(await client.call('client'))).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'raw', version: '1' },
    });
  });

  test('gets the error codes and statuses of its protocol', async () => {
    const client = createModernClient(host);
    const missing = await client.request('resources/read', { uri: 'file:///none' });
    expect(missing.error).toEqual({ code: -32602, message: 'Resource not found', data: { uri: 'file:///none' } });
    for (const method of ['no/such', 'ping', 'initialize', 'logging/setLevel', 'resources/subscribe', 'tasks/get']) {
      const response = await client.send(method, {}, { id: 'x' });
      const [answer] = await messagesOf(response);
      expect([method, response.status, answer?.id, answer?.error?.['code']]).toEqual([method, 404, 'x', -32601]);
    }
    const level = await client.send('tools/list', {}, { meta: { [`${PREFIX}logLevel`]: 'shout' } });
    expect([level.status, (await messagesOf(level))[0]?.error?.['code']]).toEqual([400, -32602]);
    const version = await client.send('tools/list', {}, { meta: { [`${PREFIX}protocolVersion`]: '2099-01-01' } });
    expect(version.status).toBe(400);
  });

  test.each([
    ['an error', '"error":{"code":-1,"message":none}'],
    ['a result', '"result":{"isError":none}'],
  ])('outlives %s of the server that is not JSON', async (_, member) => {
    const client = createModernClient(host);
    const text = `{"jsonrpc":"2.0","id":$id,${member}}\n`;
    await (await client.send('tools/call', { name: 'print', arguments: { text, silent: true } })).text();
    expect((await client.call('echo', { text: 'still here' })).result).toBeDefined();
  });

  test('is refused if it describes itself at length, because the host remembers each kind of client', async () => {
    const response = await createModernClient(host, { info: { name: 'x'.repeat(20_000) } }).send('tools/list');
    expect([response.status, (await messagesOf(response))[0]?.error?.['code']]).toEqual([400, -32602]);
  });

  test('gets progress on the stream of its request, under its own token', async () => {
    const client = createModernClient(host);
    const params = { name: 'progress', arguments: { steps: 2, text: 'x' } };
    const messages = await messagesOf(await client.send('tools/call', params, { meta: { progressToken: 'mine' } }));
    expect(messages.slice(0, -1).map((message) => message.params?.['progressToken'])).toEqual(['mine', 'mine']);
  });

  test('cancels the call at the server when it closes the stream', async () => {
    const client = createModernClient(host);
    const abort = new AbortController();
    const hanging = client.send('tools/call', { name: 'hang' }, { signal: abort.signal });
    await eventually('the call', () => host.status().children.some(({ inFlight }) => inFlight > 0));
    abort.abort();
    await expect(hanging).rejects.toThrow();
    await eventually('the cancellation', async () => (read(await client.call('cancelled')) as unknown[]).length > 0);
  });

  test('gets log messages only for requests that ask for them, at their level', async () => {
    const client = createModernClient(host, { info: { name: 'logs', version: '1' } });
    const logs = async (level?: string) => {
      const meta = level === undefined ? {} : { [`${PREFIX}logLevel`]: level };
      const messages = await messagesOf(await client.send('tools/call', { name: 'logAll' }, { meta }));
      return messages.slice(0, -1).map(({ params }) => params?.['level']);
    };
    expect(await logs()).toEqual([]);
    expect(await logs('error')).toEqual(['error']);
    expect(await logs('info')).toEqual(['info', 'error']);
    expect(await logs('error')).toEqual(['error']);
    // The child keeps the most verbose level that a request asked for.
    expect(read(await client.call('levels'))).toEqual(['error', 'info']);
  });
});

describe('two principals', () => {
  test('never see each other’s questions, even in one child', async () => {
    const shared = await startTestHost({ isolation: 'SHARED' });
    try {
      const [a, b] = ['a', 'b'].map((principal) =>
        createModernClient(shared, { principal, capabilities: { elicitation: {} } }),
      );
      if (!a || !b) throw new Error('unreachable');
      const args = { method: 'elicitation/create', params: { message: 'Alone?' } };
      const alone = await a.call('ask', args);
      expect(alone.result?.['resultType']).toBe('input_required');
      expect(textOf(await b.call('pid'))).not.toBe('');
      expect(read(await a.retry(alone, 'ask', args, { elicitation_1: { action: 'accept' } }))).toEqual({
        action: 'accept',
      });
      for (const client of [a, b]) expect(read(await client.call('ask', args))).toMatchObject({ code: -32000 });
      const legacy = await TestClient.open(shared, { principal: 'c', capabilities: { elicitation: {} } });
      expect(JSON.parse(await legacy.tool('ask', args))).toMatchObject({ code: -32000 });
    } finally {
      await shared.close({ drainMs: 0 });
    }
  });

  test('have children of their own, and so have clients that can do different things', async () => {
    const pidOf = async (principal: string, capabilities: Json) =>
      textOf(await createModernClient(host, { principal, capabilities }).call('pid'));
    const first = await pidOf('p', {});
    expect(await pidOf('p', {})).toBe(first);
    expect(await pidOf('q', {})).not.toBe(first);
    expect(await pidOf('p', { roots: {} })).not.toBe(first);
  });
});
