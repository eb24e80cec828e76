import { expect, test } from 'vitest';
import { ABSENT, in_, machine, UNKNOWN } from './decide.testing.ts';
import { deployment, release } from './rows.testing.ts';
import {
  hasServingRelease,
  isBroken,
  isDown,
  isGone,
  isGoneState,
  isMoving,
  isRollingOut,
  isStartable,
  NO_STALLS,
  stateOf,
} from './view.ts';

const kindsOf = (state: string) => ({
  moving: isMoving(state),
  startable: isStartable(state),
  broken: isBroken(state),
  gone: isGoneState(state),
});
const NONE = { moving: false, startable: false, broken: false, gone: false };

test.each([
  ...['creating', 'created', 'starting', 'stopping', 'suspending'].map((state) => [state, { moving: true }] as const),
  ...['restarting', 'updating', 'replacing', 'migrating'].map((state) => [state, { moving: true }] as const),
  ...['stopped', 'suspended'].map((state) => [state, { startable: true }] as const),
  ...['failed', 'launch_failed'].map((state) => [state, { broken: true }] as const),
  ...['destroyed', 'destroying', 'replaced'].map((state) => [state, { gone: true }] as const),
  ...['started', 'migrated', 'unknown', ''].map((state) => [state, {}] as const),
])('the state %s is of the kind %j', (state, kind) => {
  expect(kindsOf(state)).toEqual({ ...NONE, ...kind });
});

test.each([
  [UNKNOWN, false, false, null],
  [ABSENT, true, true, null],
  [in_('started'), false, false, 'started'],
  [in_('starting'), false, false, 'starting'],
  [in_('stopped'), true, false, 'stopped'],
  [in_('suspended'), true, false, 'suspended'],
  [in_('failed'), true, false, 'failed'],
  [in_('destroying'), true, false, 'destroying'],
  [in_('destroyed'), true, true, 'destroyed'],
  [in_('replaced'), true, true, 'replaced'],
])('a machine observed as %j is down: %s, gone: %s', (observed, down, gone, state) => {
  const seen = machine(observed);
  expect([isDown(seen), isGone(seen), stateOf(seen)]).toEqual([down, gone, state]);
});

test('a release rolls out until it is the current one', () => {
  const view = (currentReleaseId: string | null, target = release()) =>
    isRollingOut({ deployment: deployment({ currentReleaseId }), target, machines: [], stalls: NO_STALLS });
  expect([view(null), view('r0'), view('r1')]).toEqual([true, true, false]);
  expect(isRollingOut({ deployment: deployment(), target: null, machines: [], stalls: NO_STALLS })).toBe(false);
});

test.each([
  ['RUNNING', 'r1', true],
  ['UNHEALTHY', 'r1', true],
  ['ASLEEP', 'r1', true],
  ['RUNNING', null, false],
  ['DEPLOYING', 'r1', false],
  ['STOPPED', 'r1', false],
  ['FAILED', 'r1', false],
] as const)(
  'a deployment that is %s with the current release %s has one that serves: %s',
  (status, current, serves) => {
    expect(hasServingRelease(deployment({ status, currentReleaseId: current }))).toBe(serves);
  },
);
