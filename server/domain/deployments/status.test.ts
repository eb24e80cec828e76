import { expect, test } from 'vitest';
import { DeploymentStatus } from '#prisma/generated/client/enums.ts';
import {
  ACTIVE_STATUSES,
  awakeAfter,
  canServe,
  isActive,
  isComingUp,
  isOver,
  isReplacing,
  isServing,
  isServingWithFailure,
  isToRun,
  isWaking,
  SERVING_STATUSES,
} from './status.ts';

const ALL = Object.values(DeploymentStatus);

test('RUNNING and UNHEALTHY serve; ASLEEP can', () => {
  expect(ALL.filter((status) => isServing({ status })).sort()).toEqual([...SERVING_STATUSES].sort());
  expect(ALL.filter((status) => canServe({ status })).sort()).toEqual(['ASLEEP', 'RUNNING', 'UNHEALTHY']);
  expect([...ACTIVE_STATUSES].sort()).toEqual(['ASLEEP', 'DEPLOYING', 'RUNNING', 'UNHEALTHY']);
  expect(ALL.filter((status) => isActive({ status })).sort()).toEqual([...ACTIVE_STATUSES].sort());
});

test('a deployment is over once its owner stopped or deleted it', () => {
  expect(ALL.filter((status) => isOver({ status })).sort()).toEqual(['DELETED', 'DELETING', 'STOPPED']);
});

test('only UNHEALTHY serves with a failure', () => {
  expect(ALL.filter((status) => isServingWithFailure({ status }))).toEqual(['UNHEALTHY']);
});

test('a deployment is to run while its owner wants it and no failure has ended the attempt', () => {
  expect(isToRun({ desired: 'RUNNING', status: 'DEPLOYING' })).toBe(true);
  expect(isToRun({ desired: 'RUNNING', status: 'FAILED' })).toBe(false);
  expect(isToRun({ desired: 'STOPPED', status: 'RUNNING' })).toBe(false);
});

test('a release replaces another one while it is the target and not the current', () => {
  expect(isReplacing({ targetReleaseId: 'r2', currentReleaseId: 'r1' })).toBe(true);
  expect(isReplacing({ targetReleaseId: 'r1', currentReleaseId: 'r1' })).toBe(false);
  expect(isReplacing({ targetReleaseId: null, currentReleaseId: 'r1' })).toBe(false);
});

test('a deployment wakes while it is ASLEEP with a phase of its own release', () => {
  const waking = {
    status: 'ASLEEP',
    phase: 'STARTING_MACHINE',
    targetReleaseId: 'r1',
    currentReleaseId: 'r1',
  } as const;
  expect(isWaking(waking)).toBe(true);
  expect(isWaking({ ...waking, phase: null })).toBe(false);
  expect(isWaking({ ...waking, status: 'RUNNING' })).toBe(false);
  expect(isWaking({ ...waking, targetReleaseId: 'r2' })).toBe(false);
});

test('a deployment comes up while it should run and has a phase', () => {
  expect(isComingUp({ desired: 'RUNNING', phase: 'QUEUED' })).toBe(true);
  expect(isComingUp({ desired: 'RUNNING', phase: null })).toBe(false);
  expect(isComingUp({ desired: 'STOPPED', phase: 'QUEUED' })).toBe(false);
});

test('the time of a wake is shown in milliseconds below a second, in seconds above', () => {
  expect([999, 1_000, 12_345].map(awakeAfter)).toEqual([
    'Awake after 999 ms',
    'Awake after 1.0 s',
    'Awake after 12.3 s',
  ]);
});
