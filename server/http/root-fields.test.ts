import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { countRootFields } from './root-fields.ts';

const count = (document: string, operationName: string | null = null) =>
  countRootFields({ document: parse(document), operationName });

test.each([
  ['one field', 'mutation { a { b c d } }', 1],
  ['aliases', 'mutation { x: a y: a z: a }', 3],
  ['inline fragments', 'mutation { a ... { b c } ... on Mutation { d } }', 4],
  [
    'a fragment each time it is spread',
    'mutation { ...F ...F } fragment F on Mutation { a ...G } fragment G on Mutation { b c }',
    6,
  ],
])('counts %s', (_what, document, expected) => {
  expect(count(document)).toBe(expected);
});

test('counts the operation that is run', () => {
  const document = 'mutation One { a } mutation Three { a b c }';
  expect(count(document, 'One')).toBe(1);
  expect(count(document, 'Three')).toBe(3);
  expect(count(document)).toBe(0);
});

test('counts fragments that double each other without walking them again', () => {
  const fragments = Array.from({ length: 40 }, (_, n) => `fragment F${n} on M { ...F${n + 1} ...F${n + 1} }`).join(' ');
  expect(count(`mutation { ...F0 } ${fragments} fragment F40 on M { a }`)).toBe(2 ** 40);
});
