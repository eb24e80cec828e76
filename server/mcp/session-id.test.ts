import { expect, test } from 'vitest';
import { testRoute, testTarget } from './route.testing.ts';
import { findSessionMachine, splitSessionId, toPublicSessionId } from './session-id.ts';

test('carries the machine before the first dot', () => {
  expect(toPublicSessionId('m1', 'a.b')).toBe('m1.a.b');
  expect(splitSessionId('m1.a.b')).toEqual({ machineId: 'm1', sessionId: 'a.b' });
  expect(splitSessionId('m.s')).toEqual({ machineId: 'm', sessionId: 's' });
});

test.each(['', '.', 'm1', 'm1.', '.a'])('is not the session id of an endpoint: %j', (text) => {
  expect(splitSessionId(text)).toBeNull();
});

test('finds the current machine, a draining one for ten minutes, and no other', () => {
  const current = testTarget('new');
  const old = { ...testTarget('old'), drainingSinceMs: 1_000 };
  const route = testRoute({ current, draining: [old] });
  const atMs = (minutes: number) => 1_000 + minutes * 60_000;
  expect(findSessionMachine(route, 'new', atMs(60))).toBe(current);
  expect(findSessionMachine(route, 'old', atMs(10))).toBe(old);
  expect(findSessionMachine(route, 'old', atMs(10) + 1)).toBeNull();
  expect(findSessionMachine(route, 'other', atMs(0))).toBeNull();
  expect(findSessionMachine(testRoute(), 'new', atMs(0))).toBeNull();
});
