import { expect, test } from 'vitest';
import { type FormNode, groupOf } from './node.ts';

const membersOf = (schema: unknown) => groupOf(schema).members.map(({ name, node }) => [name, node.kind, node.type]);
const member = (schema: unknown, name: string): FormNode | undefined =>
  groupOf(schema).members.find((one) => one.name === name)?.node;

test('turns values, lists, groups, choices and references into fields', () => {
  const schema = {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'What to look for.' },
      limit: { type: ['integer', 'null'], default: 10 },
      mode: { enum: ['fast', 'slow', 3] },
      tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
      kinds: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
      exact: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
      place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      size: {
        oneOf: [
          { const: 's', title: 'Small' },
          { const: 'l', title: 'Large' },
        ],
      },
    },
    required: ['query'],
    $defs: { tag: { type: 'string' } },
  };
  expect(membersOf(schema)).toEqual([
    ['query', 'text', 'string'],
    ['limit', 'number', 'integer'],
    ['mode', 'choice', 'choice'],
    ['tags', 'list', 'array of string'],
    ['kinds', 'choices', 'array of string'],
    ['exact', 'boolean', 'boolean'],
    ['place', 'group', 'object'],
    ['size', 'choice', 'choice'],
  ]);
  expect(member(schema, 'size')).toMatchObject({ choices: [{ label: 'Small' }, { label: 'Large' }] });
  expect(member(schema, 'query')).toMatchObject({ required: true, description: 'What to look for.' });
});

test('leaves schemas that no form shows well to the JSON editor', () => {
  const schema = {
    properties: {
      shape: { oneOf: [{ type: 'object', properties: { r: { type: 'number' } } }, { type: 'string' }] },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      either: { type: ['string', 'number'] },
      rows: { type: 'array' },
    },
  };
  expect(membersOf(schema).map(([name, kind]) => [name, kind])).toEqual([
    ['shape', 'json'],
    ['headers', 'json'],
    ['either', 'json'],
    ['rows', 'json'],
  ]);
});

test('ends for a schema that contains itself', () => {
  const tree = { type: 'object', properties: { name: { type: 'string' }, child: { $ref: '#' } } };
  expect(JSON.stringify(groupOf(tree)).length).toBeLessThan(10_000);
});

test('returns no fields for anything except an object schema', () => {
  expect(groupOf(null).members).toEqual([]);
  expect(groupOf({ type: 'string' }).members).toEqual([]);
});

test('lists required members first, each part in its own order', () => {
  const properties = { head: { type: 'number' }, path: { type: 'string' }, tail: {}, mode: {} };
  const { members } = groupOf({ type: 'object', properties, required: ['mode', 'path'] });
  expect(members.map(({ name }) => name)).toEqual(['path', 'mode', 'head', 'tail']);
});
