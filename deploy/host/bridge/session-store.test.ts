import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { CapacityError } from './failed-call.ts';
import { replyOf, sessionOf } from './parts.testing.ts';
import { createSessionStore } from './session-store.ts';

const openStore = (sessionsMax = 10) => {
  const released: string[] = [];
  const pool = { release: ({ id }: { id: string }) => void released.push(id) };
  return { released, store: createSessionStore({ pool, clock: () => 9, sessionsMax }) };
};

/** A session that was used at the given time; `listening`, its client holds the stream of GET. */
const used = (id: string, lastUsed: number, { listening = false } = {}) => {
  const session = sessionOf({ id, clock: () => lastUsed });
  if (listening) session.standalone.connect(responseOf().response, { now: 0, primed: false });
  return session;
};

test('finds a session for its own principal only', () => {
  const { store } = openStore();
  const session = sessionOf({ id: '__proto__', principal: 'a' });
  store.add(session);
  expect(store.find('__proto__', 'a')).toBe(session);
  expect(store.find('__proto__', 'b')).toBeNull();
  expect(store.find('other', 'a')).toBeNull();
});

test('makes room by ending the longest unused session whose client is away, and only at the limit', () => {
  const { store, released } = openStore(3);
  const sessions = [used('busy', 1, { listening: true }), used('newer', 3), used('older', 2)];
  for (const session of sessions.slice(0, 2)) store.add(session);
  store.makeRoom();
  expect(released).toEqual([]);
  store.add(used('older', 2));
  store.makeRoom();
  expect(released).toEqual(['older']);
  expect([...store.all.keys()]).toEqual(['busy', 'newer']);
});

test('refuses one more session when the clients of all are there', () => {
  const { store } = openStore(1);
  store.add(used('busy', 1, { listening: true }));
  expect(() => store.makeRoom()).toThrow(CapacityError);
  expect(() => store.makeRoom()).toThrow('All 1 sessions of this machine are in use.');
});

test('an ended session answers its open calls, ends its streams and gives back its child', () => {
  const { store, released } = openStore();
  const session = sessionOf({ id: 's' });
  const ends: number[] = [];
  const reply = { startedAt: 0, listens: false, connected: true, stream: null, openStream: () => null };
  session.replies.add({ ...replyOf(), ...reply, onSessionEnd: (now) => void ends.push(now) });
  const interpreted: unknown[] = [];
  session.interpreter = {
    initializeResult: () => '',
    onChild: () => {},
    request: () => {},
    notification: () => {},
    onSessionEnd: (peer) => void interpreted.push(peer),
  };
  const stream = session.openStream();
  store.add(session);
  store.end(session);
  expect(store.all.size).toBe(0);
  expect([session.ended, session.standalone.ended, stream.ended, stream.idleSince]).toEqual([true, true, true, 9]);
  expect([ends, released, interpreted]).toEqual([[9], ['s'], [null]]);
});
