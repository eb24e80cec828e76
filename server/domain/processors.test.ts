import { expect, test } from 'vitest';
import {
  fasterThan,
  getProcessor,
  PROCESSORS,
  proposeProcessor,
  timeFactorOf,
  wallSeconds,
  withMemory,
} from './processors.ts';

const measured = (seconds: number) => ({ dependencies: 0, installMs: seconds * 1_000 });

test.each([
  [2.3, 'shared-cpu-1x'],
  [6, 'shared-cpu-1x'],
  [9, 'shared-cpu-2x'],
  [14.3, 'shared-cpu-4x'],
  [30, 'shared-cpu-8x'],
  [55, 'performance-1x'],
  [500, 'performance-1x'],
])('an installation that takes %d s of processor time gets %s', (seconds, name) => {
  expect(proposeProcessor(measured(seconds)).name).toBe(name);
});

test('many dependencies suggest a faster processor before anything was measured', () => {
  expect(proposeProcessor({ dependencies: 5, installMs: null }).name).toBe('shared-cpu-1x');
  expect(proposeProcessor({ dependencies: 40, installMs: null }).name).toBe('shared-cpu-2x');
});

test('a shared processor sustains a sixteenth of a core each, after a burst of five seconds', () => {
  expect(PROCESSORS.map(({ sustainedCores }) => sustainedCores)).toEqual([0.0625, 0.125, 0.25, 0.5, 1]);
  expect(wallSeconds(6, getProcessor('shared-cpu-1x'))).toBe(21);
  expect(wallSeconds(6, getProcessor('performance-1x'))).toBe(6);
});

test('time limits grow with the slowness of the processor', () => {
  expect(PROCESSORS.map(timeFactorOf)).toEqual([4, 2, 1, 1, 1]);
});

test('each processor has a faster one, but for the last', () => {
  expect(PROCESSORS.map(({ name }) => fasterThan(name)?.name ?? null)).toEqual([
    ...PROCESSORS.slice(1).map(({ name }) => name),
    null,
  ]);
});

test.each([
  ['shared-cpu-1x', 2_048, 'shared-cpu-1x'],
  ['shared-cpu-1x', 4_096, 'shared-cpu-2x'],
  ['shared-cpu-2x', 256, 'shared-cpu-1x'],
  ['shared-cpu-1x', 1_000_000, 'shared-cpu-1x'],
])('%s with %i MB becomes %s', (name, memoryMb, expected) => {
  expect(withMemory(getProcessor(name), memoryMb).name).toBe(expected);
});
