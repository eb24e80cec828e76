import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { REPEATS_MAX, repeatsTooOften } from './repeated-fields.ts';

const isRefused = (document: string) => repeatsTooOften(parse(document));
const often = (field: string) => `${field} `.repeat(REPEATS_MAX + 1);

test.each([
  ['in an operation', `{ ${often('viewer { id }')} }`],
  ['below a field', `{ viewer { ${often('id')} } }`],
  ['in a fragment', `{ ...F } fragment F on Query { ${often('viewer { id }')} }`],
  ['spread over inline fragments', `{ ${often('... { viewer { id } }')} }`],
  ['under one alias', `{ ${often('same: viewer { id }')} }`],
])('refuses a response name that is repeated too often %s', (_where, document) => {
  expect(isRefused(document)).toBe(true);
});

test('allows some repeats, and any number of different names', () => {
  expect(isRefused(`{ ${'viewer { id } '.repeat(REPEATS_MAX)} }`)).toBe(false);
  expect(isRefused(`{ ${Array.from({ length: 200 }, (_, n) => `a${n}: viewer { id }`).join(' ')} }`)).toBe(false);
});
