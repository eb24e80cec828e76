import { expect, test } from 'vitest';
import { comparePep440 } from './pep440.ts';

/** The order of PEP 440, "Summary of permitted suffixes and relative ordering", oldest first. */
const ORDER = [
  '1.dev0',
  '1.0.dev456',
  '1.0a1',
  '1.0a2.dev456',
  '1.0a12.dev456',
  '1.0a12',
  '1.0b1.dev456',
  '1.0b2',
  '1.0b2.post345.dev456',
  '1.0b2.post345',
  '1.0rc1.dev456',
  '1.0rc1',
  '1.0',
  '1.0.post456.dev34',
  '1.0.post456',
  '1.0.15',
  '1.1.dev1',
  '2026.8',
  '1!0.1',
];

test('orders versions as PEP 440 does', () => {
  const shuffled = ORDER.toReversed();
  expect(shuffled.toSorted((a, b) => comparePep440(a, b) ?? 0)).toEqual(ORDER);
});

test.each([
  ['1.0', '1.0.0'],
  ['v1.0', '1.0'],
  ['1.0-1', '1.0.post1'],
  ['1.0alpha1', '1.0a1'],
  ['1.0+local.1', '1.0'],
])('%s is %s', (a, b) => {
  expect(comparePep440(a, b)).toBe(0);
});

test('what is no such version has no place in the order', () => {
  expect(comparePep440('latest', '1.0')).toBeNull();
});
