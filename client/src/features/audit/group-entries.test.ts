import { expect, test } from 'vitest';
import { dayOf, type Entry, groupEntries } from './group-entries.ts';

const entry = (id: string, second: number, more: Partial<Entry> = {}): Entry => ({
  id,
  at: new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString(),
  actor: 'ann',
  ip: null,
  type: 'deployment.stopped',
  deploymentDatabaseId: `d${id}`,
  deploymentName: `Server ${id}`,
  data: {},
  ...more,
});
const sizes = (entries: readonly Entry[]) => groupEntries(entries).map((group) => group.entries.length);

test('joins one action on many deployments', () => {
  expect(sizes([entry('3', 40), entry('2', 20), entry('1', 0)])).toEqual([3]);
});

test('keeps actions of other people, of another kind and of another moment apart', () => {
  expect(sizes([entry('2', 1), entry('1', 0, { actor: 'bob' })])).toEqual([1, 1]);
  expect(sizes([entry('2', 1), entry('1', 0, { type: 'deployment.started' })])).toEqual([1, 1]);
  expect(sizes([entry('2', 200), entry('1', 0)])).toEqual([1, 1]);
});

test('keeps two actions on the same deployment apart, and those that name more than a deployment', () => {
  expect(sizes([entry('1', 2), entry('2', 1), entry('1', 0)])).toEqual([2, 1]);
  const token = { type: 'access-token.created' };
  expect(sizes([entry('2', 1, token), entry('1', 0, token)])).toEqual([1, 1]);
});

test('names days as the viewer counts them', () => {
  const now = new Date(2026, 10, 20, 0, 30);
  expect(dayOf(new Date(2026, 10, 20, 0, 5).toISOString(), now).label).toBe('Today');
  expect(dayOf(new Date(2026, 10, 19, 23, 55).toISOString(), now).label).toBe('Yesterday');
  expect(dayOf(new Date(2026, 10, 18, 12, 0).toISOString(), now).label).toContain('2026');
});
