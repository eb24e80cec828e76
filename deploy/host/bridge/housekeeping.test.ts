import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { createHousekeeping, DEFAULT_LIMITS } from './housekeeping.ts';
import { envelopeOf, peerOf, replyOf, type SessionOptions, sessionOf } from './parts.testing.ts';
import { Reply } from './reply.ts';
import type { Session } from './session.ts';

const LIMITS = {
  promoteAfterMs: 10,
  keepAliveMs: 20,
  sessionIdleMs: 1_000,
  streamReplayMs: 100,
  cancelledMs: 30,
  bufferedBytesMax: 500,
};

/** The work of a host with the given sessions, contexts and one child, at any time. */
function open(parts: { sessions?: Session[]; modern?: Session[]; translated?: Session[] } = {}) {
  let now = 0;
  const ended: string[] = [];
  const cutoffs: unknown[] = [];
  const { peer } = peerOf();
  const byId = (sessions: Session[] = []) => new Map(sessions.map((session) => [session.id, session]));
  const tick = createHousekeeping({
    store: { all: byId(parts.sessions), end: ({ id }) => void ended.push(id) },
    pool: { peers: new Set([peer]) },
    modern: { contexts: byId(parts.modern), forgetIdle: (before) => void cutoffs.push(before) },
    translated: {
      contexts: byId(parts.translated),
      tick: (...times) => void cutoffs.push(times),
    },
    clock: () => now,
    limits: LIMITS,
  });
  const at = (time: number) => {
    now = time;
    tick();
  };
  return { at, ended, cutoffs, peer };
}

const sessionAt = (id: string, lastUsed: number, options: SessionOptions = {}) =>
  sessionOf({ id, clock: () => lastUsed, ...options });

test('the limits of a host: a second for JSON, half an hour for idle sessions, 64 megabytes for replay', () => {
  expect(DEFAULT_LIMITS).toEqual({
    promoteAfterMs: 1_000,
    keepAliveMs: 20_000,
    sessionIdleMs: 1_800_000,
    streamReplayMs: 300_000,
    cancelledMs: 3_000,
    bufferedBytesMax: 67_108_864,
  });
});

test.each(['sessions', 'modern', 'translated'] as const)('a slow call of %s becomes a stream in time', (kind) => {
  const session = sessionOf();
  const client = responseOf();
  const reply = new Reply({ response: client.response, session, outstanding: 1, now: 5, primed: false });
  session.replies.add(reply);
  const { at } = open({ [kind]: [session] });
  at(14);
  expect(reply.stream).toBeNull();
  at(15);
  expect(client.body()).toBe(':\n\n');
  at(16);
  expect([...session.streams]).toHaveLength(1);
  at(35);
  expect(client.body()).toBe(':\n\n: keep-alive\n\n');
});

test('the stream of GET is kept alive', () => {
  const session = sessionOf();
  const client = responseOf();
  session.standalone.connect(client.response, { now: 0, primed: false });
  const { at } = open({ sessions: [session] });
  at(19);
  at(20);
  expect(client.body()).toBe(':\n\n: keep-alive\n\n');
});

test('an ended stream is kept for replay, and then forgotten', () => {
  const session = sessionOf();
  session.openStream().end(50);
  const { at } = open({ sessions: [session] });
  at(149);
  expect([...session.streams]).toHaveLength(1);
  at(150);
  expect([...session.streams]).toHaveLength(0);
});

test('ends sessions that are idle for the whole time, and none whose client is there', () => {
  const busy = sessionAt('busy', 0);
  busy.standalone.connect(responseOf().response, { now: 0, primed: false });
  const { at, ended } = open({ sessions: [busy, sessionAt('idle', 0), sessionAt('used', 1)] });
  at(999);
  expect(ended).toEqual([]);
  at(1_000);
  expect(ended).toEqual(['idle']);
});

test('contexts of the modern era are forgotten after the same time', () => {
  const { at, cutoffs } = open();
  at(1_500);
  expect(cutoffs).toEqual([500, [1_500, 500]]);
});

test('a cancelled call is answered when its child has not done so in time', () => {
  const { at, peer } = open();
  const [cancelled, other] = [replyOf(), replyOf()];
  peer.call(sessionOf(), cancelled, envelopeOf({ id: 'x', method: 'tools/call' }));
  peer.call(sessionOf(), other, envelopeOf({ id: 'y', method: 'tools/call' }));
  const [call] = peer.pending.values();
  if (call) call.cancelledAt = 5;
  at(34);
  expect(cancelled.answers).toEqual([]);
  at(35);
  expect(cancelled.answers.map((text) => JSON.parse(text))).toMatchObject([{ id: 'x', error: { code: -32000 } }]);
  expect([[...peer.pending.keys()], other.answers]).toEqual([[2], []]);
});

test('above the limit of kept bytes, the sessions that are idle for the longest time forget theirs', () => {
  const full = (id: string, lastUsed: number) => {
    const session = sessionAt(id, lastUsed);
    session.standalone.send('x'.repeat(90), 0);
    session.openStream().send('x'.repeat(90), 0);
    return session;
  };
  const [older, newer, busy] = [full('older', 1), full('newer', 2), full('busy', 0)];
  busy.standalone.connect(responseOf().response, { now: 0, primed: false });
  const bytes = () => [older, newer, busy].map(({ bufferedBytes }) => bufferedBytes > 0);
  open({ sessions: [newer, older] }).at(3);
  expect(bytes()).toEqual([true, true, true]);
  open({ sessions: [newer, busy, older] }).at(3);
  expect(bytes()).toEqual([false, true, true]);
  expect(older.bufferedBytes).toBe(0);
});
