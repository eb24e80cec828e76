import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { parkSessions } from './park-sessions.ts';
import { type SessionOptions, sessionOf } from './parts.testing.ts';
import { Reply } from './reply.ts';
import type { Session } from './session.ts';

/** By the id of their session of HTTP+SSE. */
const CONNECTIONS: Record<string, string> = { sse: 'c1' };
const CHARACTERS_MAX = 16 * 1024;

const park = (...sessions: Session[]) =>
  parkSessions({ all: new Map(sessions.map((one) => [one.id, one])) }, ({ id }) => CONNECTIONS[id], 9);
const used = (id: string, lastUsed: number, options: SessionOptions = {}) =>
  sessionOf({ id, clock: () => lastUsed, ...options });

test('gives away what makes a session again, those that were used last first', () => {
  const session = used('b', 2, { initialize: '{"a":1}' });
  session.remembered.set('k', 'm');
  session.protocolVersion = '2025-06-18';
  expect(park(used('a', 1), session, used('c', 3)).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  expect(park(session)).toEqual([
    { id: 'b', principal: 'a', protocolVersion: '2025-06-18', initialize: '{"a":1}', remembered: [['k', 'm']] },
  ]);
});

test('a session of HTTP+SSE is given away with its connection', () => {
  expect(park(used('sse', 1, { dialect: 'named' }))).toMatchObject([{ id: 'sse', connection: 'c1' }]);
});

test('sessions of HTTP+SSE without a connection, and those of the platform, are not given away', () => {
  expect(park(used('a', 1, { dialect: 'named' }), used('b', 1, { principal: PLATFORM_PRINCIPAL }))).toEqual([]);
});

test('gives away a thousand sessions', () => {
  expect(park(...Array.from({ length: 1_001 }, (_, at) => used(`s${at}`, at)))).toHaveLength(1_000);
});

test('a session that remembers more than 16 kB is not given away', () => {
  const session = used('a', 1, { initialize: '{}' });
  session.remembered.set('k', 'x'.repeat(CHARACTERS_MAX - 3));
  session.remembered.set('l', 'x');
  expect(park(session)).toHaveLength(1);
  session.remembered.set('l', 'xx');
  expect(park(session)).toEqual([]);
});

test('the streams of its calls are let go, and can be resumed', () => {
  const session = used('a', 1);
  const client = responseOf();
  const reply = new Reply({ session, response: client.response, outstanding: 1, now: 0, primed: false });
  session.replies.add(reply);
  reply.openStream(0);
  park(session);
  expect([client.response.writableEnded, reply.stream?.connected, reply.stream?.idleSince]).toEqual([true, false, 9]);
});
