import { expect, test } from 'vitest';
import { reportMachinesCall } from './open-parts.ts';
import { createParts } from './parts.ts';

let nowMs = Date.parse('2026-11-21T12:00:00Z');
const clock = () => new Date(nowMs);
const partOf = (parts: ReturnType<typeof createParts>, name: string) => parts.read().find((part) => part.name === name);

test('tells since when a part is as it is, not when it was last heard of', () => {
  const parts = createParts(clock);
  expect(partOf(parts, 'database')).toMatchObject({ state: 'unknown' });
  parts.report('database', 'up');
  const up = clock().toISOString();
  nowMs += 5_000;
  parts.report('database', 'up');
  expect(partOf(parts, 'database')).toEqual({ name: 'database', state: 'up', since: up });
  nowMs += 5_000;
  parts.report('database', 'down', 'away');
  expect(partOf(parts, 'database')).toMatchObject({ state: 'down', since: clock().toISOString(), reason: 'away' });
});

test('reports a silent reconciler as down, also when the clock was set, and as up once it works again', () => {
  let monotonicMs = 0;
  const parts = createParts(clock, () => monotonicMs);
  parts.report('reconciler', 'up');
  nowMs -= 60 * 60_000;
  monotonicMs += 29_000;
  expect(partOf(parts, 'reconciler')).toMatchObject({ state: 'up' });
  monotonicMs += 2_000;
  expect(partOf(parts, 'reconciler')).toMatchObject({ state: 'down', reason: 'silent' });
  parts.report('reconciler', 'up');
  expect(partOf(parts, 'reconciler')).toMatchObject({ state: 'up' });
  nowMs += 60 * 60_000;
  expect(partOf(parts, 'reconciler')).toMatchObject({ state: 'up' });
});

const call = { action: 'get', milliseconds: 1, waitedMs: 0, own: false };

test.each([
  [{ outcome: 'ok' }, 'up'],
  [{ outcome: 'not-found' }, 'up'],
  [{ outcome: 'unavailable' }, 'down'],
  [{ outcome: 'unauthorized' }, 'down'],
  [{ outcome: 'timeout' }, 'down'],
  [{ outcome: 'timeout', action: 'wait' }, 'unknown'],
  [{ outcome: 'aborted' }, 'unknown'],
  [{ outcome: 'rate-limited' }, 'unknown'],
  [{ outcome: 'unauthorized', own: true }, 'unknown'],
] as const)('a call with %j leaves the Machines API %s', (given, state) => {
  const parts = createParts(clock);
  reportMachinesCall(parts)({ ...call, ...given });
  expect(partOf(parts, 'machines')).toMatchObject({ state });
});
