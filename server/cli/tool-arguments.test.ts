import { expect, test } from 'vitest';
import { toolArguments } from './tool-arguments.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    text: { type: 'string' },
    count: { type: 'integer' },
    maybe: { type: ['string', 'null'] },
    list: { type: 'array' },
    anything: {},
  },
};

test.each<[string, string, unknown]>([
  ['text', '42', '42'],
  ['text', '', ''],
  ['count', '42', 42],
  ['maybe', 'null', null],
  ['maybe', 'plain words', 'plain words'],
  ['list', '[1, "two"]', [1, 'two']],
  ['anything', 'true', true],
  ['anything', 'plain words', 'plain words'],
  ['unknown', '{"a":1}', { a: 1 }],
])('reads %s=%s as the schema of the tool says', (name, value, expected) => {
  expect(toolArguments(SCHEMA, [{ name, value }])).toEqual({ [name]: expected });
});

test('refuses a value that is not of the type', () => {
  expect(() => toolArguments(SCHEMA, [{ name: 'count', value: 'many' }])).toThrow('--arg count takes integer.');
});

test('reads values without a schema that can be used', () => {
  for (const schema of [null, 'text', { properties: 7 }])
    expect(toolArguments(schema, [{ name: 'a', value: '1' }])).toEqual({ a: 1 });
});
