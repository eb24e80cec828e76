import { expect, test } from 'vitest';
import { HostFailureError, hostFailure } from '../failure.ts';
import { CapacityError } from './failed-call.ts';
import { openBridge, settle } from './whole-bridge.testing.ts';
import { LEGACY } from './whole-bridge-answers.testing.ts';

const CALL = { id: 7, method: 'tools/call', params: { name: 't' } };
const RESULT = { result: { content: [] } };

test('initialize opens a session, and a call is answered under the id of the client', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  expect(client.id).toMatch(/^m1\./);
  expect(client.opened.json()).toMatchObject({ id: 0, result: { serverInfo: { name: 's' } } });
  const call = await client.post(CALL);
  expect(call.isOver()).toBe(false);
  bridge.child().reply('tools/call', RESULT);
  expect([call.status(), call.json()]).toEqual([200, { jsonrpc: '2.0', id: 7, ...RESULT }]);
  expect(bridge.child().methods()).toEqual(['initialize', 'notifications/initialized', 'tools/call']);
});

test('a request without a session, in one that is gone, or of another principal is refused under its id', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const missing = await bridge.post(CALL);
  expect([missing.status(), missing.json()['id']]).toEqual([400, 7]);
  for (const [id, principal] of [
    ['gone', 'a'],
    [client.id, 'b'],
  ] as const) {
    const refused = await bridge.post(CALL, { 'mcp-session-id': id }, principal);
    expect([refused.status(), refused.json()]).toMatchObject([404, { id: 7, error: { code: -32001 } }]);
  }
});

test('initialize in a session that exists opens another one, and in one that is gone none', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const initialize = { id: 3, method: 'initialize', params: { protocolVersion: '2025-11-25' } };
  const again = await client.post(initialize);
  expect(again.header('mcp-session-id')).not.toBe(client.id);
  expect(bridge.bridge.sessionCount).toBe(2);
  const refused = await bridge.post(initialize, { 'mcp-session-id': 'gone' });
  expect([refused.status(), refused.json()]).toMatchObject([404, { id: 3, error: { code: -32001 } }]);
  expect(bridge.bridge.sessionCount).toBe(2);
});

test('initialize without an id opens no session', async () => {
  const bridge = openBridge();
  const answer = await bridge.post({ method: 'initialize', params: {} });
  expect([answer.status(), bridge.bridge.sessionCount, bridge.children.length]).toEqual([400, 0, 0]);
});

test('a version that opens no sessions is refused, and a request without a version is not', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const refused = await client.post(CALL, { 'mcp-protocol-version': '2024-01-01' });
  expect([refused.status(), refused.json()]).toMatchObject([
    400,
    { id: 7, error: { message: 'Unsupported protocol version: 2024-01-01. This session speaks 2025-11-25.' } },
  ]);
  const call = await client.post(CALL, { 'mcp-protocol-version': undefined });
  bridge.child().reply('tools/call', RESULT);
  expect(call.status()).toBe(200);
});

test('each request of a session counts as its use', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  bridge.clock.now = 30 * 60_000 - 1;
  await client.post({ method: 'notifications/progress' });
  bridge.clock.now = 30 * 60_000;
  bridge.bridge.tick();
  expect(bridge.bridge.sessionCount).toBe(1);
  bridge.clock.now = 60 * 60_000 - 1;
  bridge.bridge.tick();
  expect(bridge.bridge.sessionCount).toBe(0);
});

test('notifications and answers are accepted without a body', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const accepted = await client.post({ method: 'notifications/roots/list_changed' });
  expect([accepted.status(), accepted.isOver(), accepted.body(), accepted.header('content-length')]).toEqual([
    202,
    true,
    '',
    '0',
  ]);
  expect((await client.post({ id: 1, result: {} })).status()).toBe(202);
  expect(bridge.child().methods().at(-1)).toBe('notifications/roots/list_changed');
});

test('a batch of 2025-03-26 is answered in one stream, and its messages reach the child', async () => {
  const bridge = openBridge({
    answers: { ...LEGACY, initialize: { result: { protocolVersion: '2025-03-26', capabilities: {} } } },
  });
  const client = await bridge.connect({ protocolVersion: '2025-03-26' });
  const batch = await client.post([
    { method: 'notifications/roots/list_changed' },
    { id: 1, method: 'ping' },
    { id: 'x', method: 'tools/call', params: {} },
  ]);
  bridge.child().reply('ping', { result: {} });
  expect([batch.header('content-type'), batch.isOver()]).toEqual(['text/event-stream', false]);
  bridge.child().reply('tools/call', RESULT);
  expect([batch.events().map(({ id }) => id), batch.isOver()]).toEqual([[1, 'x'], true]);
  expect(bridge.child().methods()).toContain('notifications/roots/list_changed');
  const ofOne = await client.post([{ id: 5, method: 'ping' }]);
  bridge.child().reply('ping', { result: {} });
  expect(JSON.parse(ofOne.body())).toEqual([{ jsonrpc: '2.0', id: 5, result: {} }]);
  const ofNone = await client.post([{ method: 'notifications/roots/list_changed' }]);
  expect(ofNone.status()).toBe(202);
});

test.each(['2025-06-18', '2025-11-25'])('revision %s has no batches', async (protocolVersion) => {
  const bridge = openBridge({
    answers: { ...LEGACY, initialize: { result: { protocolVersion, capabilities: {} } } },
  });
  const client = await bridge.connect({ protocolVersion });
  const refused = await client.post([{ id: 1, method: 'ping' }]);
  expect([refused.status(), refused.json()]).toMatchObject([400, { id: null, error: { code: -32600 } }]);
  expect(bridge.child().ofMethod('ping')).toEqual([]);
});

test('a batch with initialize is refused', async () => {
  const bridge = openBridge();
  const refused = await bridge.post([
    { id: 1, method: 'ping' },
    { id: 2, method: 'initialize', params: {} },
  ]);
  expect([refused.status(), refused.json()]).toMatchObject([400, { id: null, error: { code: -32600 } }]);
  expect(refused.json()).toHaveProperty('error.message', expect.stringContaining('batch'));
  expect(bridge.children).toEqual([]);
});

test.each<[Error, number]>([
  [new CapacityError('full'), 503],
  [new HostFailureError(hostFailure('CRASHED', 'gone')), 200],
])('initialize without a child to be had fails at once: %s', async (error, status) => {
  const bridge = openBridge({ pool: { makeRoom: () => Promise.reject(error) } });
  const refused = await bridge.post({ id: 1, method: 'initialize', params: {} });
  expect([refused.status(), refused.json()]).toMatchObject([status, { id: 1, error: { message: error.message } }]);
  expect(bridge.bridge.sessionCount).toBe(0);
});

test('when no child can be started again, a call and each call of a batch fail, and none stays open', async () => {
  let isFull = false;
  const bridge = openBridge({
    answers: { ...LEGACY, initialize: { result: { protocolVersion: '2025-03-26', capabilities: {} } } },
    pool: {
      makeRoom: async () => {
        if (isFull) throw new CapacityError('full');
      },
    },
  });
  const client = await bridge.connect({ protocolVersion: '2025-03-26' });
  isFull = true;
  bridge.child().end({ requested: true });
  const call = await client.post(CALL);
  expect([call.status(), call.json(), call.header('retry-after')]).toMatchObject([503, { id: 7 }, '5']);
  const batch = await client.post([
    { id: 1, method: 'ping' },
    { id: 2, method: 'ping' },
  ]);
  expect(batch.events()).toMatchObject([
    { id: 1, error: { message: 'full' } },
    { id: 2, error: { message: 'full' } },
  ]);
  const ofOne = await client.post([{ id: 3, method: 'ping' }]);
  expect(JSON.parse(ofOne.body())).toMatchObject([{ id: 3, error: { message: 'full' } }]);
  expect([batch.isOver(), bridge.bridge.openStreams]).toEqual([true, 0]);
});

test('a call that became a stream before its child was lost fails in that stream', async () => {
  let makeRoom = () => Promise.resolve();
  const bridge = openBridge({ pool: { makeRoom: () => makeRoom() } });
  const client = await bridge.connect();
  bridge.child().end({ requested: true });
  const waiting = Promise.withResolvers<void>();
  makeRoom = () => waiting.promise;
  const call = await client.post(CALL);
  bridge.clock.now = 1_000;
  bridge.bridge.tick();
  expect(call.header('content-type')).toBe('text/event-stream');
  waiting.reject(new CapacityError('full'));
  await settle();
  expect([call.events(), call.isOver()]).toMatchObject([[{ id: 7, error: { message: 'full' } }], true]);
});

test('the stream of GET carries what belongs to no call, and continues behind the last event that was seen', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const first = await client.listen();
  expect([first.status(), first.header('mcp-session-id')]).toEqual([200, client.id]);
  expect(first.body()).toContain('retry: 1000');
  bridge.child().say({ method: 'notifications/tools/list_changed' });
  bridge.child().say({ method: 'notifications/prompts/list_changed' });
  expect(first.events()).toHaveLength(2);
  first.leave();
  const resumed = await client.listen({ 'last-event-id': '0_1' });
  expect(resumed.events()).toMatchObject([{ method: 'notifications/prompts/list_changed' }]);
  resumed.leave();
  const later = await client.listen({ 'last-event-id': 'nonsense' });
  expect(later.events()).toEqual([]);
});

test('a client below 2025-11-25 receives no empty first event', async () => {
  const bridge = openBridge({
    answers: { ...LEGACY, initialize: { result: { protocolVersion: '2025-06-18', capabilities: {} } } },
  });
  const client = await bridge.connect({ protocolVersion: '2025-06-18' });
  expect((await client.listen()).body()).toBe(':\n\n');
});

test('the stream of a call can be resumed, and its answer is kept for that', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const call = await client.post({ ...CALL, params: { name: 't', _meta: { progressToken: 'p' } } });
  const sent = bridge.child().ofMethod('tools/call')[0];
  bridge.child().say({
    method: 'notifications/progress',
    params: { progressToken: sent?.['id'], progress: 1 },
  });
  expect(call.events()).toMatchObject([{ params: { progressToken: 'p' } }]);
  call.leave();
  bridge.child().reply('tools/call', RESULT);
  const resumed = await client.listen({ 'last-event-id': '1_1' });
  expect([resumed.events(), resumed.isOver()]).toEqual([[{ jsonrpc: '2.0', id: 7, ...RESULT }], true]);
});

test('DELETE ends the session, its streams and a child of its own', async () => {
  const bridge = openBridge({ isolation: 'PER_SESSION' });
  const client = await bridge.connect();
  const stream = await client.listen();
  const ended = await client.leave();
  expect([ended.status(), ended.header('content-length'), ended.isOver()]).toEqual([200, '0', true]);
  await settle();
  expect([bridge.bridge.sessionCount, stream.isOver(), bridge.child().stops()]).toEqual([0, true, 1]);
  expect(bridge.removed).toEqual([bridge.child().workspace]);
  expect((await client.leave()).status()).toBe(404);
});

test('an answer of the client reaches the child that asked, once', async () => {
  const bridge = openBridge();
  const client = await bridge.connect({ capabilities: { roots: {} } });
  const stream = await client.listen();
  bridge.child().say({ id: 'q', method: 'roots/list' });
  const [question] = stream.events();
  expect(question).toMatchObject({ id: 1, method: 'roots/list' });
  await client.post({ id: question?.['id'], result: { roots: [] } });
  await client.post({ id: question?.['id'], result: { roots: [1] } });
  expect(bridge.child().received.filter(({ result }) => result)).toEqual([
    { jsonrpc: '2.0', id: 'q', result: { roots: [] } },
  ]);
});

test('a session whose stream closes counts as used until then, so that the stream can be opened again', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const stream = await client.listen();
  bridge.clock.now = 60 * 60_000;
  stream.leave();
  bridge.bridge.tick();
  expect([bridge.bridge.sessionCount, (await client.listen()).status()]).toEqual([1, 200]);
});
