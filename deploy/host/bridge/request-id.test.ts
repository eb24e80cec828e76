import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { nameSome, requestIdOf } from './request-id.ts';

test.each([
  ['4bf92f3577b34da6-a_1', '4bf92f3577b34da6-a_1'],
  ['a'.repeat(64), 'a'.repeat(64)],
  ['a'.repeat(65), null],
  ['a b', null],
  ['', null],
])('the request id of the header %j is %j', (value, expected) => {
  expect(requestIdOf(responseOf({ headers: { 'catwalk-request-id': value } }).request)).toBe(expected);
});

test('a request without the header has no id', () => {
  expect(requestIdOf(responseOf().request)).toBeNull();
});

test('names five ids, and counts the others', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  expect(nameSome(ids.slice(0, 5))).toBe('a, b, c, d, e');
  expect(nameSome(ids.slice(0, 6))).toBe('a, b, c, d, e and 1 more');
  expect(nameSome(ids)).toBe('a, b, c, d, e and 2 more');
});
