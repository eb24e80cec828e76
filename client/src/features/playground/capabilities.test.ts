import { expect, test } from 'vitest';
import { groupOf } from '../schema-form/node.ts';
import { capabilitiesOf, promptSchema, variablesOf } from './capabilities.ts';

const membersOf = (schema: unknown) =>
  groupOf(schema).members.map(({ name, node }) => [name, node.kind, node.required]);

test('turns the arguments of a prompt into fields, and keeps which are required', () => {
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

test('lists every variable of a URI template once, with any operator', () => {
  expect(variablesOf('notes://{folder}/{+path}{?page,size*}{&size}#{section:3}')).toEqual([
    'folder',
    'path',
    'page',
    'size',
    'section',
  ]);
  expect(variablesOf('file:///etc/motd')).toEqual([]);
});

test('reads no variables from a plain resource with braces in its URI', () => {
  const resource = { name: 'odd', template: false, uri: 'memo://{literal}' };
  const [plain] = capabilitiesOf({ tools: [], prompts: [], resources: [resource] });
  expect(membersOf(plain?.schema)).toEqual([]);
  const [template] = capabilitiesOf({ tools: [], prompts: [], resources: [{ ...resource, template: true }] });
  expect(membersOf(template?.schema)).toEqual([['literal', 'text', false]]);
});
