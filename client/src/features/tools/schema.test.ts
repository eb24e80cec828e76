import { expect, test } from 'vitest';
import { argumentsOf, parametersOf } from './schema.ts';

const schema = {
  type: 'object',
  properties: {
    query: { type: 'string', description: 'What to look for.' },
    limit: { type: ['integer', 'null'], default: 10 },
    mode: { enum: ['fast', 'slow'] },
    tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
    exact: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
    filter: { type: 'object' },
  },
  required: ['query'],
  $defs: { tag: { type: 'string' } },
};

test('reads types in words, choices, references and optional unions', () => {
  expect(parametersOf(schema).map(({ name, type, kind, required }) => [name, type, kind, required])).toEqual([
    ['query', 'string', 'string', true],
    ['limit', 'integer', 'integer', false],
    ['mode', 'choice', 'choice', false],
    ['tags', 'array of string', 'json', false],
    ['exact', 'boolean', 'boolean', false],
    ['filter', 'object', 'json', false],
  ]);
  expect(parametersOf(null)).toEqual([]);
});

test('a call carries what is set, in its own type', () => {
  const parameters = parametersOf(schema);
  expect(
    argumentsOf(parameters, { query: 'x', limit: '3', exact: 'false', tags: '["a"]', mode: '', filter: '' }),
  ).toEqual({
    query: 'x',
    limit: 3,
    exact: false,
    tags: ['a'],
  });
  expect(() => argumentsOf(parameters, { filter: '{' })).toThrow('filter is not valid JSON.');
});
