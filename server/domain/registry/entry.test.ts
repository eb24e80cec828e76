import { expect, test } from 'vitest';
import { parseStoredEntry, readEntry } from './entry.ts';

test('the stored entry of a server is read with its document as the source wrote it', () => {
  const stored = { document: { name: 'a.b/c', odd: [1, null] }, license: 'MIT', listingUrl: null };
  expect(parseStoredEntry(stored)).toEqual(stored);
});

test.each([
  ['null', null],
  ['a text', 'entry'],
  ['an entry whose license is an object', { document: {}, license: { name: 'MIT' }, listingUrl: null }],
  ['an entry without a listing address', { document: { name: 'a.b/c' }, license: 'MIT' }],
])('a stored entry of another version reads as an entry without packages: %s', (_, column) => {
  expect(readEntry(parseStoredEntry(column))).toEqual({
    repository: null,
    websiteUrl: null,
    license: null,
    listingUrl: null,
    packages: [],
    remotes: [],
  });
});
