import { expect, test } from 'vitest';
import type { Status } from '../status/status.ts';
import { arranged, DEFAULT_SORT, formatSort, parseSort, searched, tagsOf } from './list-view.ts';

const row = (name: string, status: Status, day: number) => ({
  name,
  source: `npm:${name}`,
  status,
  createdAt: `2026-11-0${day}T00:00:00.000Z`,
});
const rows = [row('beta 10', 'RUNNING', 1), row('beta 9', 'FAILED', 3), row('alpha', 'STOPPED', 2)];
const names = (list: { name: string }[]) => list.map((one) => one.name);

test('restores a sort order from the address, and falls back to the default', () => {
  for (const sort of [
    { key: 'name', descending: true },
    { key: 'status', descending: false },
  ] as const) {
    expect(parseSort(formatSort(sort))).toEqual(sort);
  }
  expect(formatSort(DEFAULT_SORT)).toBe('');
  expect(parseSort('-price')).toEqual(DEFAULT_SORT);
  expect(parseSort(null)).toEqual(DEFAULT_SORT);
});

test('sorts rows by age, by name with numbers in natural order, or by urgency', () => {
  expect(names(arranged(rows, 'all', DEFAULT_SORT))).toEqual(['beta 9', 'alpha', 'beta 10']);
  expect(names(arranged(rows, 'all', { key: 'name', descending: false }))).toEqual(['alpha', 'beta 9', 'beta 10']);
  expect(names(arranged(rows, 'all', { key: 'status', descending: false }))).toEqual(['beta 9', 'beta 10', 'alpha']);
});

test('searches names and sources, and filters by status', () => {
  expect(names(searched(rows, ' NPM:BETA '))).toEqual(['beta 10', 'beta 9']);
  expect(names(arranged(rows, 'attention', DEFAULT_SORT))).toEqual(['beta 9']);
});

test('finds and filters rows by tag, and sorts them by calls', () => {
  const tagged = rows.map((one, index) => ({
    ...one,
    tags: index === 0 ? ['Prod', 'team a'] : ['test'],
    calls: index,
  }));
  expect(names(searched(tagged, 'team'))).toEqual(['beta 10']);
  expect(names(arranged(tagged, 'all', DEFAULT_SORT, 'test'))).toEqual(['beta 9', 'alpha']);
  expect(names(arranged(tagged, 'all', { key: 'calls', descending: true }))).toEqual(['alpha', 'beta 9', 'beta 10']);
  expect(tagsOf(tagged)).toEqual(['Prod', 'team a', 'test']);
});
