import { expect, test } from 'vitest';
import { groupOf } from '../schema-form/node.ts';
import { offersOf, promptSchema, variablesOf } from './offers.ts';

const membersOf = (schema: unknown) =>
  groupOf(schema).members.map(({ name, node }) => [name, node.kind, node.required]);

test('arguments of a prompt become fields, and what it cannot do without is required', () => {
  const schema = promptSchema([
    { name: 'topic', description: 'What about?', required: true },
    { name: 'tone' },
    'nonsense',
    { description: 'nameless' },
  ]);
  expect(membersOf(schema)).toEqual([
    ['topic', 'text', true],
    ['tone', 'text', false],
  ]);
  expect(membersOf(promptSchema(null))).toEqual([]);
});

test('every variable of a URI template is asked for once, whatever its operator', () => {
  expect(variablesOf('notes://{folder}/{+path}{?page,size*}{&size}#{section:3}')).toEqual([
    'folder',
    'path',
    'page',
    'size',
    'section',
  ]);
  expect(variablesOf('file:///etc/motd')).toEqual([]);
});

test('a plain resource takes nothing, even when its address has braces', () => {
  const resource = { name: 'odd', template: false, uri: 'memo://{literal}' };
  const [plain] = offersOf({ tools: [], prompts: [], resources: [resource] });
  expect(membersOf(plain?.schema)).toEqual([]);
  const [template] = offersOf({ tools: [], prompts: [], resources: [{ ...resource, template: true }] });
  expect(membersOf(template?.schema)).toEqual([['literal', 'text', false]]);
});
