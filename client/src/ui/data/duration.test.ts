import { expect, test } from 'vitest';
import { formatAgo, formatDuration } from './duration.ts';

test.each([
  [0, '0 ms'],
  [85, '85 ms'],
  [120, '0.1 s'],
  [2_140, '2.1 s'],
  [59_949, '59.9 s'],
  [59_960, '1 m 00 s'],
  [245_000, '4 m 05 s'],
  [11_520_000, '3 h 12 m'],
  [187_200_000, '2 d 4 h'],
  [-5, '0 ms'],
])('formats %i ms as %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

test.each([
  [2_000, 'just now'],
  [42_000, '42 s ago'],
  [3_540_000, '59 min ago'],
  [86_400_000, '1 d ago'],
])('formats %i ms ago as %s', (milliseconds, text) => expect(formatAgo(milliseconds)).toBe(text));
