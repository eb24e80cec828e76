import { expect, test } from 'vitest';
import { readStat } from './processor-time.ts';

test('reads the group and the time of a process whose name holds spaces and parentheses', () => {
  const rest = ['S', '1', '42', '7', '0', '-1', '4194560', '1', '2', '3', '4', '150', '50', '30', '20', '20', '0'];
  expect(readStat(`99 (node (a) b) ${rest.join(' ')}`)).toEqual({ group: 42, milliseconds: 2_500 });
});
