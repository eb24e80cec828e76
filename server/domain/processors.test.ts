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
  [1.8, 'shared-cpu-1x'],
  [4.5, 'shared-cpu-2x'],
  [8.3, 'shared-cpu-4x'],
  [15, 'shared-cpu-8x'],
  [28.1, 'performance-1x'],
  [500, 'performance-1x'],
])('an installation that takes %d s of processor time gets %s', (seconds, name) => {
  expect(proposeProcessor(measured(seconds)).name).toBe(name);
});

test('many dependencies suggest a faster processor before anything was measured', () => {
  expect(proposeProcessor({ dependencies: 5, installMs: null }).name).toBe('shared-cpu-2x');
  expect(proposeProcessor({ dependencies: 40, installMs: null }).name).toBe('shared-cpu-8x');
});

/** Processor time of an installation without a quota, and what whole starts then took under one (docs/bench.md). */
test.each([
  ['server-everything', 4.5, 'shared-cpu-1x', 81.6],
  ['@sentry/mcp-server', 8.3, 'shared-cpu-1x', 282.6],
  ['firecrawl-mcp', 8.8, 'shared-cpu-1x', 219.6],
  ['mcp-server-kubernetes', 28.1, 'shared-cpu-8x', 64.1],
])('%s, %d s, does not get %s, on which it took %d s', (_name, seconds, tooSlow, took) => {
  expect(took).toBeGreaterThan(60);
  expect(proposeProcessor(measured(seconds)).sustainedCores).toBeGreaterThan(getProcessor(tooSlow).sustainedCores);
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
