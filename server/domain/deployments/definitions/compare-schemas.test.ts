import { expect, test } from 'vitest';
import { compareSchemas } from './compare-schemas.ts';

const effects = (before: unknown, after: unknown) =>
  compareSchemas(before, after).differences.map(({ effect, at }) => `${effect} ${at}`);

test('follows local references, and compares what they lead to', () => {
  const schema = (type: string) => ({
    properties: { a: { $ref: '#/$defs/a~1b' } },
    $defs: { 'a/b': { type } },
  });
  expect(effects(schema('string'), schema('string'))).toEqual([]);
  expect(effects(schema('string'), schema('number'))).toEqual(['NARROWED /properties/a']);
  expect(effects(schema('string'), { properties: { a: { type: 'string' } } })).toEqual([]);
});

test('ends for schemas that refer to themselves, and finds a change in them', () => {
  const tree = (type: string) => ({
    $ref: '#/$defs/node',
    $defs: { node: { properties: { value: { type }, next: { $ref: '#/$defs/node' } } } },
  });
  expect(effects(tree('string'), tree('string'))).toEqual([]);
  expect(effects(tree('string'), tree('number'))[0]).toBe('NARROWED /properties/value');
});

test('takes an absent schema, true and {} for the same, and false for nothing', () => {
  expect(effects(undefined, true)).toEqual([]);
  expect(effects({}, true)).toEqual([]);
  expect(effects({ items: false }, { items: {} })).toEqual(['WIDENED /items']);
  expect(effects({}, { additionalProperties: false })).toEqual(['NARROWED /additionalProperties']);
});

test.each([
  [{ anyOf: [{ type: 'string' }] }, { anyOf: [{ type: 'string' }, { type: 'null' }] }, 'WIDENED '],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, { anyOf: [{ type: 'string' }] }, 'NARROWED '],
  [{ allOf: [{ minLength: 1 }] }, { allOf: [{ minLength: 1 }, { maxLength: 2 }] }, 'NARROWED '],
  [{ const: 1 }, { enum: [1, 2] }, 'WIDENED '],
  [{ pattern: 'a' }, {}, 'WIDENED '],
  [{ pattern: 'a' }, { pattern: 'b' }, 'NARROWED '],
  [{ minItems: 1 }, { minItems: 2 }, 'NARROWED '],
  [{ if: {} }, {}, 'NARROWED '],
  [{ properties: { a: { not: { type: 'null' } } } }, { properties: { a: {} } }, 'WIDENED /properties/a'],
])('compares %j with %j', (before, after, expected) => {
  expect(effects(before, after)).toEqual([expected]);
});

test('reads properties that are called like keywords, or like members of every object, as properties', () => {
  const before = { properties: { required: { type: 'string' }, constructor: { type: 'string' } } };
  expect(effects(before, { properties: { required: { type: 'string' } } })).toEqual([
    'NARROWED /properties/constructor',
  ]);
  expect(effects({ properties: {} }, before)).toEqual([
    'WIDENED /properties/required',
    'WIDENED /properties/constructor',
  ]);
});

test('counts a schema that is too large to be walked as narrowed', () => {
  const wide = (type: string) => ({
    properties: Object.fromEntries(Array.from({ length: 2_500 }, (_, index) => [`p${index}`, { type }])),
  });
  expect(effects(wide('string'), wide('integer')).at(-1)).toBe('NARROWED ');
});
