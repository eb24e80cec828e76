import { expect, test } from 'vitest';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { hostFailure } from '../failure.ts';
import type { Unavailable } from './bridge.ts';
import { DEFAULT_LIMITS } from './housekeeping.ts';
import { openBridge, settle } from './whole-bridge.testing.ts';

const CALL = { id: 7, method: 'tools/call', params: { name: 't' } };
const MINUTE_MS = 60_000;

test.each([
  ['POST', 'application/json', 406],
  ['POST', 'text/event-stream', 406],
  ['POST', undefined, 400],
] as const)('%s with the Accept header %s is answered with %i', async (_, accept, status) => {
  const bridge = openBridge();
  const answer = await bridge.post(CALL, { accept });
  expect([answer.status(), answer.json()['id'], answer.header('catwalk-host')]).toEqual([status, 7, '1']);
});

test('a body that is not JSON by its media type is refused under its id', async () => {
  const answer = await openBridge().post(CALL, { 'content-type': 'text/plain' });
  expect([answer.status(), answer.json()]).toMatchObject([415, { id: 7 }]);
});

test('a body that is not JSON is refused, and a child never sees it', async () => {
  const bridge = openBridge();
  const answer = await bridge.post('{');
  expect([answer.status(), answer.json()]).toMatchObject([400, { id: null, error: { code: -32700 } }]);
});

test('a body above 4 MB is refused under its id, and its connection is closed', async () => {
  const text = `{"jsonrpc":"2.0","id":7,"method":"a","params":"${'x'.repeat(4 * 1024 * 1024)}"}`;
  const answer = await openBridge().post(text);
  expect([answer.status(), answer.json()['id'], answer.header('connection')]).toEqual([413, 7, 'close']);
});

test('GET without a session or a fitting Accept header is refused', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const probe = await bridge.request('GET');
  expect([probe.status(), probe.header('allow')]).toEqual([405, 'POST']);
  const refused = await client.listen({ accept: 'application/json' });
  expect(refused.status()).toBe(406);
});

test.each(['PUT', 'OPTIONS', 'PATCH'])('%s is refused with the methods that exist', async (method) => {
  const answer = await openBridge().request(method);
  expect([answer.status(), answer.header('allow')]).toEqual([405, 'GET, POST, DELETE']);
});

test('while nothing can be served, calls and streams learn why, and a session can still be ended', async () => {
  const failure = hostFailure('INSTALL_FAILED', 'no');
  let down: Unavailable | null = null;
  const bridge = openBridge({ bridge: { unavailable: () => down } });
  const client = await bridge.connect();
  down = { status: 503, message: 'Soon.', failure: null, retryAfterSeconds: 2 };
  const call = await client.post(CALL);
  expect([call.status(), call.json(), call.header('retry-after')]).toMatchObject([
    503,
    { id: 7, error: { message: 'Soon.' } },
    '2',
  ]);
  expect(call.json()).not.toHaveProperty('error.data');
  expect((await client.listen()).status()).toBe(503);
  expect((await bridge.sse()).status()).toBe(503);
  down = { status: 200, message: 'no', failure };
  const failed = await client.post(CALL);
  expect([failed.json(), failed.header('retry-after')]).toMatchObject([
    { error: { message: 'no', data: { code: 'INSTALL_FAILED' } } },
    undefined,
  ]);
  expect((await client.leave()).status()).toBe(200);
});

test('a request without a principal, or with an empty one, is anonymous', async () => {
  const bridge = openBridge();
  const client = await bridge.connect({ principal: '' });
  const same = await bridge.post({ id: 1, method: 'ping' }, { 'mcp-session-id': client.id }, 'anonymous');
  expect(same.status()).not.toBe(404);
});

test('counts open requests and streams, and the work that keeps the machine awake', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  expect([bridge.bridge.openStreams, bridge.bridge.work]).toEqual([0, 0]);
  const stream = await client.listen();
  expect([bridge.bridge.openStreams, bridge.bridge.work]).toEqual([1, 0]);
  const call = await client.post(CALL);
  // The call counts for its client and for its child, which may go on with it when the client has left.
  expect([bridge.bridge.openStreams, bridge.bridge.work]).toEqual([2, 2]);
  call.leave();
  expect([bridge.bridge.openStreams, bridge.bridge.work]).toEqual([1, 1]);
  bridge.child().reply('tools/call', { result: {} });
  stream.leave();
  expect([bridge.bridge.openStreams, bridge.bridge.work]).toEqual([0, 0]);
});

test('a question that stays unanswered for five minutes keeps no machine awake', async () => {
  const bridge = openBridge();
  const client = await bridge.connect({ capabilities: { elicitation: {} } });
  await client.post(CALL);
  bridge.child().say({ id: 'q', method: 'elicitation/create', params: {} });
  expect(bridge.bridge.work).toBe(2);
  bridge.clock.now = 5 * MINUTE_MS - 1;
  expect(bridge.bridge.work).toBe(2);
  bridge.clock.now = 5 * MINUTE_MS;
  expect(bridge.bridge.work).toBe(0);
});

test('modern clients count too, and requests that were translated', async () => {
  const bridge = openBridge();
  const call = await bridge.modern('tools/call', { name: 't' });
  expect([bridge.bridge.openStreams, bridge.bridge.translatedCount]).toEqual([1, 1]);
  await bridge.modern('tools/call', { name: 't' });
  expect([bridge.bridge.openStreams, bridge.bridge.translatedCount, bridge.bridge.sessionCount]).toEqual([2, 2, 0]);
  call.leave();
  expect(bridge.bridge.openStreams).toBe(1);
});

test('an HTTP+SSE stream that sends nothing for a minute is closed', async () => {
  const bridge = openBridge();
  const stream = await bridge.sse();
  bridge.clock.now = MINUTE_MS;
  bridge.bridge.tick();
  expect(stream.isOver()).toBe(false);
  bridge.clock.now = MINUTE_MS + 1;
  bridge.bridge.tick();
  expect(stream.isOver()).toBe(true);
});

test('each tick tends the calls of all clients with the limits that it was given', async () => {
  const bridge = openBridge({ bridge: { limits: { promoteAfterMs: 5 } } });
  const client = await bridge.connect();
  const call = await client.post(CALL);
  bridge.clock.now = 4;
  bridge.bridge.tick();
  expect(call.header('content-type')).toBeUndefined();
  bridge.clock.now = 5;
  bridge.bridge.tick();
  expect(call.header('content-type')).toBe('text/event-stream');
  expect(DEFAULT_LIMITS).toEqual({
    promoteAfterMs: 1_000,
    keepAliveMs: 20_000,
    sessionIdleMs: 30 * MINUTE_MS,
    streamReplayMs: 5 * MINUTE_MS,
    cancelledMs: 3_000,
    bufferedBytesMax: 67_108_864,
  });
});

test('above the limit the longest unused session gives way to a new one', async () => {
  const bridge = openBridge({ bridge: { limits: { sessionsMax: 2 } } });
  const first = await bridge.connect();
  bridge.clock.now = 1;
  await bridge.connect();
  await bridge.connect();
  expect(bridge.bridge.sessionCount).toBe(2);
  expect((await first.post(CALL)).status()).toBe(404);
});

test('sessions that one host gives away live on at the next, with what they remember', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  await client.post({ id: 1, method: 'logging/setLevel', params: { level: 'error' } });
  await client.post({ id: 2, method: 'resources/subscribe', params: { uri: 'file:///a' } });
  await bridge.connect({ principal: PLATFORM_PRINCIPAL });
  const kept = bridge.bridge.park();
  expect(kept).toHaveLength(1);
  const next = openBridge();
  next.bridge.carry(kept);
  next.bridge.carry(kept);
  expect([next.bridge.sessionCount, next.children.length]).toEqual([1, 0]);
  const call = await next.post(CALL, { 'mcp-session-id': client.id });
  await settle();
  expect(next.child().methods()).toEqual([
    'initialize',
    'notifications/initialized',
    'logging/setLevel',
    'resources/subscribe',
    'tools/call',
  ]);
  next.child().reply('tools/call', { result: {} });
  expect(call.status()).toBe(200);
});

test('a session that is not opened by initialize is not carried', () => {
  const bridge = openBridge();
  const session = { id: 'm1.x', principal: 'a', protocolVersion: '2025-11-25', remembered: [] as [string, string][] };
  bridge.bridge.carry([{ ...session, initialize: '{"jsonrpc":"2.0","id":1,"method":"ping"}' }]);
  bridge.bridge.carry([{ ...session, initialize: 'nonsense' }]);
  expect(bridge.bridge.sessionCount).toBe(0);
});

test('a carried session whose client listens gets its child at once', async () => {
  const before = openBridge();
  const client = await before.connect();
  const next = openBridge();
  next.bridge.carry(before.bridge.park());
  const stream = await next.request('GET', { 'mcp-session-id': client.id });
  await settle();
  expect(next.children).toHaveLength(1);
  next.child().say({ method: 'notifications/tools/list_changed' });
  expect(stream.events()).toHaveLength(1);
});

test('a stream alone starts no child for a session that was not carried', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  bridge.child().end({ requested: true });
  await client.listen();
  expect(bridge.children).toHaveLength(1);
});

test('the offer is what clients received as answers to their first questions', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  await client.post({ id: 1, method: 'tools/list', params: {} });
  await bridge.modern('server/discover');
  const offer = bridge.bridge.offer();
  expect(offer.varies).toBe(false);
  expect(Object.keys(offer.answers?.openings ?? {})).toEqual(['2025-11-25']);
  expect(Object.keys(offer.answers?.lists ?? {})).toEqual([
    '2025-11-25\ntools/list\n',
    '2026-07-28\nserver/discover\n',
  ]);
});
