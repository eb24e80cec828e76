import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { openBridge, settle } from './whole-bridge.testing.ts';
import { LEGACY, MODERN } from './whole-bridge-answers.testing.ts';

const CALL = { id: 7, method: 'tools/call', params: { name: 't' } };
const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 1_000 }));
afterEach(() => void vi.useRealTimers());

test('sessions of one principal share a child, and those of two have one each', async () => {
  const bridge = openBridge();
  await bridge.connect();
  await bridge.connect();
  expect(bridge.children).toHaveLength(1);
  await bridge.connect({ principal: 'b' });
  expect(bridge.children).toHaveLength(2);
});

test('sessions that open at the same time wait for the same start', async () => {
  const bridge = openBridge();
  await Promise.all([bridge.connect(), bridge.connect()]);
  expect(bridge.children).toHaveLength(1);
  const apart = openBridge({ isolation: 'PER_SESSION' });
  await Promise.all([apart.connect(), apart.connect()]);
  expect(apart.children).toHaveLength(2);
});

test('a child that was started before the first session serves it', async () => {
  const bridge = openBridge();
  await bridge.pool.warmUp();
  await bridge.pool.warmUp();
  expect([bridge.children.length, bridge.pool.ready]).toEqual([1, false]);
  await bridge.connect();
  expect([bridge.children.length, bridge.pool.ready]).toEqual([1, true]);
});

test('a server that crashed is started again with the next call, and the calls under way fail at once', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const call = await client.post(CALL);
  bridge.child().stderr('boom');
  bridge.child().end();
  expect(call.json()).toMatchObject({
    id: 7,
    error: { message: expect.stringContaining('boom'), data: { code: 'CRASHED', stderrTail: ['boom'] } },
  });
  expect(bridge.logs.at(-1)).toMatch(/boom.* It was answering r1\.$/);
  expect([bridge.pool.ready, bridge.pool.restarts, bridge.pool.lastFailure?.code]).toEqual([false, 1, 'CRASHED']);
  expect(bridge.startFailures).toEqual([]);
  const again = await client.post(CALL);
  bridge.child().reply('tools/call', { result: {} });
  expect([again.status(), bridge.children.length, bridge.pool.ready]).toEqual([200, 2, true]);
  expect(bridge.pool.lastFailure).toBeNull();
});

test('the log names no call when none was under way', async () => {
  const bridge = openBridge();
  await bridge.connect();
  bridge.child().end();
  expect(bridge.logs.at(-1)).not.toContain('answering');
});

test('a server that crashed under a client that only listens comes back by itself, at first at once', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const stream = await client.listen();
  bridge.child().end();
  vi.advanceTimersByTime(49);
  await settle();
  expect(bridge.children).toHaveLength(1);
  vi.advanceTimersByTime(1);
  await settle();
  expect(bridge.children).toHaveLength(2);
  bridge.child().say({ method: 'notifications/tools/list_changed' });
  expect(stream.events()).toHaveLength(1);
});

test('a server does not come back by itself where its session ended, or has a child already', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  bridge.child().end();
  await client.post(CALL);
  vi.advanceTimersByTime(MINUTE_MS);
  await settle();
  expect(bridge.children).toHaveLength(2);

  const unused = openBridge();
  const left = await unused.connect();
  await left.leave();
  unused.child().end();
  vi.advanceTimersByTime(MINUTE_MS);
  await settle();
  expect(unused.children).toHaveLength(1);
});

test('a restart by itself that fails is logged', async () => {
  let isFull = false;
  const bridge = openBridge({
    pool: { makeRoom: () => (isFull ? Promise.reject(new Error('full')) : Promise.resolve()) },
  });
  await bridge.connect();
  isFull = true;
  bridge.child().end();
  vi.advanceTimersByTime(MINUTE_MS);
  await settle();
  expect(bridge.logs.at(-1)).toBe('The server did not come back: Error: full');
});

test('of the sessions at a crashed server, one whose client is on the line is the first to get it back', async () => {
  const bridge = openBridge();
  const busy = await bridge.connect({ capabilities: {} });
  await busy.listen();
  await bridge.connect();
  bridge.child().end();
  vi.advanceTimersByTime(MINUTE_MS);
  await settle();
  bridge.child().say({ id: 'q', method: 'roots/list' });
  await settle();
  // Only one session is back at the child: it is asked, and the child gets no refusal.
  expect(bridge.child().received.filter((message) => 'error' in message)).toEqual([]);
});

test('the fifth crash within ten minutes is a crash loop, which refuses calls until a crash is long past', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  for (let crash = 0; crash < 5; crash += 1) {
    bridge.clock.now += MINUTE_MS;
    await client.post(CALL);
    bridge.child().end();
  }
  expect(bridge.children).toHaveLength(5);
  const refused = await client.post(CALL);
  expect(refused.json()).toMatchObject({ error: { data: { code: 'CRASH_LOOP' } } });
  expect([bridge.children.length, bridge.pool.lastFailure?.code, bridge.pool.ready]).toEqual([5, 'CRASH_LOOP', false]);
  bridge.clock.now += 10 * MINUTE_MS;
  await client.post(CALL);
  expect(bridge.children).toHaveLength(6);
});

test('while clients crash their server again and again, a child that only the platform uses proves nothing', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  for (let crash = 0; crash < 5; crash += 1) {
    await client.post(CALL);
    bridge.child().end();
  }
  await bridge.connect({ principal: PLATFORM_PRINCIPAL });
  expect([bridge.child().methods(), bridge.pool.ready]).toEqual([expect.arrayContaining(['initialize']), false]);
});

test('a server that ends at its start is reported, and is not started for every impatient caller', async () => {
  const bridge = openBridge({ answers: {} });
  const opening = bridge.connect();
  await settle();
  bridge.child().end();
  const { opened } = await opening;
  expect(opened.json()).toMatchObject({ error: { data: { code: 'EXITED_AT_START' } } });
  expect([bridge.startFailures, bridge.pool.restarts]).toEqual([[0], 0]);
  bridge.clock.now = 999;
  await bridge.connect();
  expect(bridge.children).toHaveLength(1);
  bridge.clock.now = 1_000;
  const again = bridge.connect();
  await settle();
  expect(bridge.children).toHaveLength(2);
  bridge.child().end();
  await again;
});

test('a server that the platform’s question ends is started again, and its end is no failure', async () => {
  const bridge = openBridge({ answers: { ...LEGACY, 'server/discover': undefined } });
  const asking = bridge.modern('server/discover', {}, { principal: PLATFORM_PRINCIPAL });
  await settle();
  bridge.child().end();
  const answer = await asking;
  expect(answer.status()).toBe(400);
  expect([bridge.startFailures, bridge.pool.lastFailure, bridge.pool.knownLegacy]).toEqual([[], null, true]);
  expect(bridge.logs.at(-1)).toContain('is started again');
});

test('a session that ends gives up its calls and its questions, and a shared child goes on', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  await bridge.connect();
  await client.post(CALL);
  bridge.child().say({ id: 'q', method: 'roots/list' });
  await client.leave();
  const [canceled, refused] = bridge.child().received.slice(-2);
  expect(canceled).toMatchObject({
    method: 'notifications/cancelled',
    params: { requestId: bridge.child().ofMethod('tools/call')[0]?.['id'], reason: 'The session has ended.' },
  });
  expect(refused).toEqual({ jsonrpc: '2.0', id: 'q', error: { code: -32_000, message: 'The client has left.' } });
  expect([bridge.child().stops(), bridge.removed]).toEqual([0, []]);
});

test('a session that ended while its child was started gets none, and the child of its own ends', async () => {
  const waiting = Promise.withResolvers<void>();
  let isFirst = true;
  const bridge = openBridge({
    isolation: 'PER_SESSION',
    pool: {
      makeRoom: async () => {
        if (isFirst) isFirst = false;
        else await waiting.promise;
      },
    },
  });
  const client = await bridge.connect();
  bridge.child().end({ requested: true });
  const call = await client.post(CALL);
  await client.leave();
  waiting.resolve();
  await settle();
  expect(call.status()).toBe(404);
  expect([bridge.children.length, bridge.child().stops(), bridge.removed.length]).toEqual([2, 1, 2]);
});

test('knows when a client last got an answer, and takes none of the platform for one', async () => {
  const bridge = openBridge();
  const platform = await bridge.connect({ principal: PLATFORM_PRINCIPAL });
  await platform.post({ id: 1, method: 'tools/list' });
  expect(bridge.pool.lastAnswerAt).toBeNull();
  const client = await bridge.connect();
  vi.setSystemTime(5_000);
  await client.post({ id: 1, method: 'tools/list' });
  expect(bridge.pool.lastAnswerAt).toBe(5_000);
});

test('a child of the platform becomes the client’s, and the files of a client are in use', async () => {
  const bridge = openBridge();
  await bridge.connect({ principal: PLATFORM_PRINCIPAL });
  expect(bridge.child().workspace.used).toBe(false);
  await bridge.connect();
  expect([bridge.children.length, bridge.child().workspace.used]).toEqual([1, true]);
  await bridge.connect({ principal: 'b' });
  expect(bridge.children).toHaveLength(2);
});

test('a legacy server is remembered as one, and a modern one as well', async () => {
  const legacy = openBridge();
  await legacy.modern('tools/list');
  expect(legacy.pool.knownLegacy).toBe(true);
  const modern = openBridge({ answers: MODERN });
  await modern.connect();
  expect(modern.pool.knownLegacy).toBe(false);
  await modern.connect({ principal: 'b' });
  // The second child is not asked to initialize any more.
  expect([modern.children.length, modern.child(1).methods()[0]]).toEqual([2, 'server/discover']);
});

test('the platform asks a modern server itself, although clients are translated', async () => {
  const bridge = openBridge({ answers: MODERN });
  await bridge.connect();
  const { opened } = await bridge.connect({ principal: PLATFORM_PRINCIPAL });
  expect(opened.json()).toMatchObject({ error: { code: -32601 } });
});

test('a child that the host ends gets no more calls: its session goes on with another at once', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  const [first] = bridge.pool.peers;
  void first?.leave(); // it may take seconds to be gone
  const call = await client.post(CALL);
  expect(bridge.children).toHaveLength(2);
  bridge.child().reply('tools/call', { result: {} });
  expect(call.json()).toMatchObject({ id: 7, result: {} });
  await bridge.connect();
  expect(bridge.children).toHaveLength(2);
});

test('when the host stops, its children end and no other is started', async () => {
  const bridge = openBridge();
  const client = await bridge.connect();
  await bridge.pool.close();
  expect(bridge.child().stops()).toBe(1);
  const refused = await client.post(CALL);
  expect(refused.json()).toMatchObject({ error: { message: 'The host is stopping.', data: { retryable: true } } });
  const modern = await bridge.modern('tools/list');
  expect(modern.json()).toMatchObject({ error: { message: 'The host is stopping.' } });
  vi.advanceTimersByTime(MINUTE_MS);
  await settle();
  expect([bridge.children.length, bridge.startFailures, bridge.pool.restarts]).toEqual([1, [], 0]);
});
