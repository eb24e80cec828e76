import { expect, test } from 'vitest';
import { attemptTimings, phaseSteps } from './phases.ts';

const states = (steps: ReturnType<typeof phaseSteps>) => steps.map((step) => step.state);

test('counts the running phase from its first event, not from a repeated one', () => {
  const steps = phaseSteps({
    status: 'DEPLOYING',
    phase: 'INSTALLING',
    timings: [{ phase: 'QUEUED', milliseconds: 90 }],
    events: [
      { at: '2026-11-20T10:00:09Z', phase: 'INSTALLING' },
      { at: '2026-11-20T10:00:05Z', phase: 'INSTALLING' },
      { at: '2026-11-20T10:00:01Z', phase: 'STARTING_MACHINE' },
    ],
  });
  expect(states(steps)).toEqual(['done', 'done', 'done', 'running', 'waiting', 'waiting']);
  expect(steps[3]?.since).toBe('2026-11-20T10:00:05Z');
  expect(steps[0]?.took).toBe(90);
});

test('shows a failure at the phase in which it happened', () => {
  const steps = phaseSteps({
    status: 'FAILED',
    phase: null,
    timings: [],
    events: [
      { at: '2026-11-20T10:00:09Z', phase: null },
      { at: '2026-11-20T10:00:05Z', phase: 'STARTING_SERVER' },
    ],
  });
  expect(states(steps)).toEqual(['done', 'done', 'done', 'done', 'failed', 'waiting']);
});

test('shows a missing credential at the start of the server, even when only the installation was seen', () => {
  const steps = phaseSteps({
    status: 'FAILED',
    phase: null,
    failure: 'MISSING_CREDENTIAL',
    timings: [],
    events: [{ at: '2026-11-20T10:00:05Z', phase: 'INSTALLING' }],
  });
  expect(states(steps)).toEqual(['done', 'done', 'done', 'done', 'failed', 'waiting']);
});

test('shows the steps of a new release while the old one runs', () => {
  const steps = phaseSteps({ status: 'RUNNING', phase: 'HANDSHAKE', timings: [], events: [] });
  expect(states(steps)).toEqual(['done', 'done', 'done', 'done', 'done', 'running']);
});

test('keeps all steps done while a server wakes, and repeats them after a cold start', () => {
  const asleep = { status: 'ASLEEP', timings: [], events: [] } as const;
  expect(states(phaseSteps({ ...asleep, phase: 'STARTING_MACHINE' }))).toEqual(Array(6).fill('done'));
  expect(states(phaseSteps({ ...asleep, phase: 'INSTALLING' }))[3]).toBe('running');
});

test('measures only the newest attempt, without the phases that it skipped', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, second)).toISOString();
  const newestFirst = [
    { at: at(107), phase: null },
    { at: at(106), phase: 'HANDSHAKE' },
    { at: at(104), phase: 'STARTING_SERVER' },
    { at: at(101), phase: 'STARTING_MACHINE' },
    { at: at(100), phase: 'QUEUED' },
    { at: at(50), phase: null }, // stopped
    { at: at(10), phase: 'INSTALLING' },
    { at: at(1), phase: 'QUEUED' },
  ] as const;
  const timings = attemptTimings(newestFirst) ?? [];
  expect(timings.map(({ phase, milliseconds }) => [phase, milliseconds])).toEqual([
    ['QUEUED', 1_000],
    ['STARTING_MACHINE', 3_000],
    ['STARTING_SERVER', 2_000],
    ['HANDSHAKE', 1_000],
  ]);
  const steps = phaseSteps({ status: 'RUNNING', phase: null, timings, events: newestFirst });
  expect(steps.find(({ key }) => key === 'INSTALLING')).toMatchObject({ state: 'done', note: 'cached' });
});

test('measures a running attempt up to its present phase', () => {
  const events = [
    { at: '2026-11-20T12:00:03.000Z', phase: 'INSTALLING' },
    { at: '2026-11-20T12:00:01.000Z', phase: 'QUEUED' },
  ] as const;
  expect(attemptTimings(events)).toEqual([{ phase: 'QUEUED', milliseconds: 2_000 }]);
  expect(attemptTimings([{ at: '2026-11-20T12:00:03.000Z', phase: null }])).toBeNull();
});
