import { expect, test } from 'vitest';
import { addUpSleep, type SleepEvent } from './sleep-report.ts';

const HOUR = 3_600_000;
const at = (hours: number) => new Date(hours * HOUR);
const event = (hours: number, status: SleepEvent['status'], phase: SleepEvent['phase'] = null): SleepEvent => ({
  at: at(hours),
  status,
  phase,
});

test('adds up how long the machine ran, and counts wakes', () => {
  const events = [
    event(0, 'RUNNING'),
    event(2, 'ASLEEP'),
    event(4, 'ASLEEP', 'STARTING_MACHINE'),
    event(5, 'RUNNING'),
    event(6, 'ASLEEP'),
  ];
  expect(addUpSleep(events, at(0), at(10))).toEqual({ asleepSince: at(6), wakes: 1, awakeShare: 0.4 });
});

test('counts only what lies in the window, with the state in which it began', () => {
  const events = [
    event(0, 'RUNNING'),
    event(15, 'ASLEEP'),
    event(16, 'ASLEEP', 'STARTING_MACHINE'),
    event(16, 'RUNNING'),
  ];
  expect(addUpSleep(events, at(10), at(20))).toEqual({ asleepSince: null, wakes: 1, awakeShare: 0.9 });
});

test('a machine that is stopped or given up does not run', () => {
  expect(addUpSleep([event(0, 'RUNNING'), event(1, 'STOPPED')], at(0), at(4)).awakeShare).toBe(0.25);
  expect(addUpSleep([event(0, 'FAILED')], at(0), at(4)).awakeShare).toBe(0);
});

test('further events of a deployment that sleeps do not move the time at which it fell asleep', () => {
  expect(addUpSleep([event(1, 'ASLEEP'), event(2, 'ASLEEP')], at(0), at(3))).toMatchObject({
    asleepSince: at(1),
    wakes: 0,
  });
});
