import { afterEach, describe, expect, test } from 'vitest';
import {
  eventually,
  type Json,
  messagesOf,
  readEvents,
  startTestHost,
  TestClient,
  type TestHost,
  textOf,
} from '../test-rig.ts';

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
const post = (body: string, headers: Json = {}) =>
  host.request('/mcp', { method: 'POST', headers: { ...JSON_HEADERS, ...headers } as Record<string, string>, body }); // header values are strings

describe('what a request must be', () => {
  test('each mistake gets its own status and a JSON-RPC body', async () => {
    host = await startTestHost();
    const client = await TestClient.open(host);
    const session = { 'mcp-session-id': client.session };
    const cases: [string, Response, number, number][] = [
      ['no session', await post(PING), 400, -32000],
      ['unknown session', await post(PING, { 'mcp-session-id': 'no-such' }), 404, -32001],
      ['__proto__', await post(PING, { 'mcp-session-id': '__proto__' }), 404, -32001],
      ['constructor', await post(PING, { 'mcp-session-id': 'constructor' }), 404, -32001],
      ['no JSON', await post('{"jsonrpc":', session), 400, -32700],
      ['no message', await post('{"hello":1}', session), 400, -32600],
      ['an empty batch', await post('[]', session), 400, -32600],
      ['a number', await post('1', session), 400, -32600],
      ['an unknown version', await post(PING, { ...session, 'mcp-protocol-version': '1999-01-01' }), 400, -32000],
      ['no accept', await post(PING, { ...session, accept: 'text/html' }), 406, -32000],
      ['a form', await post(PING, { ...session, 'content-type': 'text/plain' }), 415, -32000],
      ['GET for HTML', await client.get({ accept: 'text/html' }), 406, -32000],
      ['PUT', await host.request('/mcp', { method: 'PUT' }), 405, -32000],
    ];
    for (const [what, response, status, code] of cases) {
      expect(response.status, what).toBe(status);
      expect(await response.json(), what).toMatchObject({ jsonrpc: '2.0', error: { code } });
    }
    expect(await client.tool('echo', { text: 'unimpressed' })).toBe('unimpressed');
  });

  test('a session id names the machine it lives on', async () => {
    host = await startTestHost({}, { machineId: '148e21' });
    expect((await TestClient.open(host)).session).toMatch(/^148e21\.[0-9a-f-]{36}$/);
  });

  test('without a token only this computer may call: foreign Host and Origin are refused', async () => {
    host = await startTestHost();
    expect((await post(PING, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(PING, { origin: host.url })).status).toBe(400);
  });

  test('where a token is set, every route requires it', async () => {
    host = await startTestHost({ token: 'right' });
    for (const path of ['/mcp', '/status', '/logs', '/sse'])
      for (const headers of [{ 'catwalk-host-token': 'wrong' }, { 'catwalk-host-token': 'wrong!longer' }])
        expect((await host.request(path, { headers })).status, path).toBe(401);
    expect(await (await TestClient.open(host)).tool('echo', { text: 'in' })).toBe('in');
  });
});

describe('streams', () => {
  test('a call that takes its time is turned into a stream, primed, and can be resumed where it broke off', async () => {
    host = await startTestHost();
    const client = await TestClient.open(host);
    const abort = new AbortController();
    const meta = { progressToken: 't' };
    const response = await client.postTool(1, 'progress', { steps: 40, ms: 20, text: 'x' }, meta, {
      signal: abort.signal,
    });
    const seen: number[] = [];
    let last = '';
    for await (const { id, data } of readEvents(response)) {
      last = id ?? last;
      if (data !== '') seen.push(JSON.parse(data).params.progress);
      if (seen.length === 3) break;
    }
    abort.abort();
    let answer: unknown;
    for await (const { data } of readEvents(await client.get({ 'last-event-id': last }))) {
      if (data === '') continue;
      const message = JSON.parse(data);
      if (message.method) seen.push(message.params.progress);
      else answer = textOf(message);
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(answer).toBe('finished x');
  });

  test('resuming after the answer replays what was missed and ends', async () => {
    host = await startTestHost();
    const client = await TestClient.open(host);
    const events = [];
    for await (const event of readEvents(
      await client.postTool(1, 'progress', { steps: 3, text: 'x' }, { progressToken: 1 }),
    ))
      events.push(event);
    const [priming] = events;
    expect(priming).toMatchObject({ data: '' });
    const replayed = await messagesOf(await client.get({ 'last-event-id': priming?.id ?? '' }));
    expect(replayed).toEqual(events.slice(1).map(({ data }) => JSON.parse(data)));
  });

  test('clients before 2025-11-25 get no empty first event, which they could not read', async () => {
    host = await startTestHost();
    const client = await TestClient.open(host, { protocolVersion: '2025-06-18' });
    const response = await client.postTool(1, 'progress', { steps: 1, text: 'x' }, { progressToken: 1 });
    const first = await readEvents(response).next();
    expect(first.value?.data).not.toBe('');
  });

  test('a notification sent while no client listens waits for the GET stream', async () => {
    host = await startTestHost();
    const client = await TestClient.open(host);
    await client.tool('notify', { method: 'notifications/tools/list_changed' });
    for await (const { data } of readEvents(await client.get()))
      if (data !== '') {
        expect(JSON.parse(data).method).toBe('notifications/tools/list_changed');
        break;
      }
  });

  test('a stream that is opened again without an event id gets only what was not sent before', async () => {
    host = await startTestHost();
    const client = await TestClient.open(host);
    const methods = async (expected: number) => {
      const abort = new AbortController();
      const seen: string[] = [];
      for await (const { data } of readEvents(await client.get({}, { signal: abort.signal }))) {
        if (data !== '') seen.push(JSON.parse(data).method);
        if (seen.length === expected) break;
      }
      abort.abort();
      await eventually('the stream to close', () => host.status().openStreams === 0);
      return seen;
    };
    await client.tool('notify', { method: 'notifications/tools/list_changed' });
    expect(await methods(1)).toEqual(['notifications/tools/list_changed']);
    await client.tool('notify', { method: 'notifications/prompts/list_changed' });
    expect(await methods(1)).toEqual(['notifications/prompts/list_changed']);
  });

  test('quiet streams are kept alive with comments', async () => {
    host = await startTestHost({}, { limits: { keepAliveMs: 500, promoteAfterMs: 100 } });
    const client = await TestClient.open(host);
    const response = await client.get();
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.includes(': keep-alive')) break;
    }
    expect(text).toContain(': keep-alive\n\n');
  });
});

describe('ends', () => {
  test('idle sessions end, with a child that served no other session; sessions with an open stream stay', async () => {
    host = await startTestHost({ isolation: 'PER_SESSION' }, { limits: { sessionIdleMs: 2_000 } });
    const listening = await TestClient.open(host);
    const stream = await listening.get();
    const idle = await TestClient.open(host);
    await eventually(
      'the idle session to go',
      () => host.status().sessions === 1 && host.status().children.length === 1,
    );
    expect((await idle.post({ id: 1, method: 'ping' })).status).toBe(404);
    expect((await listening.post({ id: 1, method: 'ping' })).status).toBe(200);
    await stream.body?.cancel();
  });

  test('above the limit of sessions, the longest unused one ends', async () => {
    host = await startTestHost({}, { limits: { sessionsMax: 2 } });
    const [a, b] = [await TestClient.open(host), await TestClient.open(host)];
    await b.tool('pid');
    await TestClient.open(host);
    expect((await a.post({ id: 1, method: 'ping' })).status).toBe(404);
    expect((await b.post({ id: 1, method: 'ping' })).status).toBe(200);
  });

  test('closing drains: the call under way is answered, new ones are refused', async () => {
    host = await startTestHost();
    const client = await TestClient.open(host);
    const slow = client.postTool(1, 'slow', { ms: 300 }).then(messagesOf);
    await eventually('the call to be under way', () => host.status().children[0]?.inFlight === 1);
    const closing = host.close();
    expect(textOf((await slow)[0])).toBe('slow');
    await closing;
  });

  test('quiesce is refused while anything is open, and resume takes it back', async () => {
    host = await startTestHost();
    const client = await TestClient.open(host);
    const stream = await client.get();
    const quiesce = () => host.request('/quiesce', { method: 'POST' });
    const refused = await quiesce();
    expect(refused.status).toBe(409);
    expect(await refused.json()).toEqual({ quiesced: false, reason: expect.stringContaining('open') });
    await stream.body?.cancel();
    await eventually('the stream to close', () => host.status().openStreams === 0);
    expect(await (await quiesce()).json()).toEqual({ quiesced: true });
    const held = await client.post({ id: 1, method: 'ping' });
    expect([held.status, held.headers.get('retry-after')]).toEqual([503, '1']);
    await host.request('/resume', { method: 'POST' });
    expect((await client.post({ id: 1, method: 'ping' })).status).toBe(200);
  });
});

describe('secrets', () => {
  test('the child sees its own variables and nothing of the host; logs and failures show no secret', async () => {
    process.env['CATWALK_HOST_ONLY'] = 'must not leak';
    host = await startTestHost({
      env: { API_KEY: 'sk-very-secret' },
      files: [
        {
          env: 'KEY_FILE',
          name: '../../key.pem',
          contentBase64: Buffer.from('-----BEGIN\nabcdef\n').toString('base64'),
        },
      ],
    });
    const client = await TestClient.open(host);
    const env = JSON.parse(await client.tool('env'));
    delete process.env['CATWALK_HOST_ONLY'];
    expect(Object.keys(env).sort()).toEqual([
      'API_KEY',
      'CATWALK_PROCESS',
      'HOME',
      'KEY_FILE',
      'LANG',
      'PATH',
      'TMPDIR',
    ]);
    expect(env['KEY_FILE']).toMatch(/\.credentials\/[^/]+$/);
    await client.tool('stderr', { text: 'connecting with sk-very-secret and abcdef and c2stdmVyeS1zZWNyZXQ' });
    const line = await eventually(
      'the line',
      async () => (await host.logs()).find((text) => text.startsWith('connecting')) ?? null,
    );
    expect(line).toBe('connecting with [redacted] and [redacted] and [redacted]');
    expect(JSON.stringify(await host.fetchStatus())).not.toContain('sk-very-secret');
  });
});
