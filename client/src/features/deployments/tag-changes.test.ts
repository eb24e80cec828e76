import { expect, test } from 'vitest';
import { tagChanges } from './tag-changes.ts';

const rows = [
  { id: '1', tags: ['Prod'] },
  { id: '2', tags: ['test', 'prod'] },
];

test('adds a tag once, whatever its case, and leaves out rows that have it', () => {
  expect(tagChanges(rows, { add: ['prod'], remove: [] })).toEqual([]);
  expect(tagChanges(rows, { add: ['team a'], remove: [] })).toEqual([
    { id: '1', tags: ['Prod', 'team a'] },
    { id: '2', tags: ['test', 'prod', 'team a'] },
  ]);
});

test('removes a tag from the rows that have it', () => {
  expect(tagChanges(rows, { add: [], remove: ['TEST'] })).toEqual([{ id: '2', tags: ['prod'] }]);
});
