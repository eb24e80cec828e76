import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitsJsonLimits } from './json-shape.ts';

const fits = (text: string, depthMax: number, valuesMax: number) =>
  fitsJsonLimits(Buffer.from(text), { depthMax, valuesMax });

test('bounds how deep values nest', () => {
  expect(fits('[[{"a":[]}]]', 4, 100)).toBe(true);
  expect(fits('[[{"a":[]}]]', 3, 100)).toBe(false);
  expect(fits('[[],[],[]]', 2, 100)).toBe(true);
});

test('bounds how many values there are', () => {
  expect(fits('[1,2,3]', 10, 4)).toBe(true);
  expect(fits('[1,2,3]', 10, 3)).toBe(false);
  expect(fits('{"a":{},"b":[]}', 10, 3)).toBe(false);
});

test.each([
  ['brackets in strings', '["[[[[[[{{{{,,,,,,"]'],
  ['escaped quotes', String.raw`["\"[[[[[[[\"","\\"]`],
  ['a string that does not end', '["[[[[[[['],
])('does not count %s', (_what, text) => {
  expect(fits(text, 1, 4)).toBe(true);
});

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test('measures the depth of any JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      const depth = depthOf(value);
      expect(fits(text, depth, Number.POSITIVE_INFINITY)).toBe(true);
      if (depth > 0) expect(fits(text, depth - 1, Number.POSITIVE_INFINITY)).toBe(false);
    }),
  );
});
