import { expect, test } from 'vitest';
import { dayHeadings, dayOf } from './day-headings.ts';

const [monday, tuesday] = ['2026-11-30T12:00:00.000Z', '2026-12-01T12:00:00.000Z'];

test('gives a log that spans days a heading where each begins', () => {
  const lines = [monday, monday, tuesday, tuesday].map((at) => ({ at }));
  expect([...dayHeadings(lines, dayOf(tuesday))]).toEqual([
    [0, dayOf(monday)],
    [2, dayOf(tuesday)],
  ]);
});

test('names the day of an old log, and no day for a log of today', () => {
  expect([...dayHeadings([{ at: monday }], dayOf(tuesday))]).toEqual([[0, dayOf(monday)]]);
  expect(dayHeadings([{ at: monday }], dayOf(monday)).size).toBe(0);
  expect(dayHeadings([], dayOf(monday)).size).toBe(0);
});
