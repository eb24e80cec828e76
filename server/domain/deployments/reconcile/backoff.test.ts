import { expect, test } from 'vitest';
import { machineBackoffMs } from './backoff.ts';

test('the pause between machine calls doubles with each attempt, up to 15 s', () => {
  expect([0, 1, 2, 3, 4, 5].map(machineBackoffMs)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000]);
  expect([6, 7, 100].map(machineBackoffMs)).toEqual([15_000, 15_000, 15_000]);
});
