import { expect, test } from 'vitest';
import {
  type ArgumentFormField,
  argumentFormSchema,
  type CredentialFormField,
  credentialFormSchema,
  renderArguments,
} from './form.ts';

const field = (name: string, more: Partial<CredentialFormField> = {}): CredentialFormField => ({
  name,
  label: name,
  kind: 'TEXT',
  required: false,
  choices: [],
  ...more,
});
const argument = (name: string, more: Partial<ArgumentFormField> = {}): ArgumentFormField => ({
  name,
  label: name,
  kind: 'TEXT',
  required: false,
  repeated: false,
  positional: false,
  choices: [],
  ...more,
});
const problems = (fields: CredentialFormField[], input: Record<string, string>) =>
  credentialFormSchema(fields)
    .safeParse(input)
    .error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];

test('leaves empty fields unset, and keeps values as they were typed', () => {
  const schema = credentialFormSchema([field('A'), field('B'), field('C', { kind: 'BOOLEAN' }), field('D')]);
  expect(schema.parse({ A: '', B: '  ', C: false, D: ' x ' })).toEqual({ C: 'false', D: ' x ' });
});

test('reports a missing required field at its own path', () => {
  expect(problems([field('KEY', { required: true, label: 'API key' })], {})).toEqual(['KEY: API key is required.']);
  expect(problems([field('KEY', { required: true })], { KEY: 'x' })).toEqual([]);
});

test('a required group is satisfied by any one of its fields', () => {
  const fields = [field('KEY', { required: true, group: 'auth' }), field('TOKEN', { required: true, group: 'auth' })];
  expect(problems(fields, {})).toEqual(['KEY: One of these is required: KEY, TOKEN.']);
  expect(problems(fields, { TOKEN: 't' })).toEqual([]);
});

test('a required group is satisfied by a pair of its fields only when both are there', () => {
  const fields = [
    field('KEY', { required: true, group: 'auth' }),
    field('EMAIL', { required: true, group: 'auth', together: ['PASSWORD'] }),
    field('PASSWORD', { required: true, group: 'auth', together: ['EMAIL'] }),
  ];
  expect(problems(fields, {})).toEqual(['KEY: One of these is required: KEY, EMAIL with PASSWORD.']);
  expect(problems(fields, { EMAIL: 'e' })).toEqual(['PASSWORD: PASSWORD is required together with EMAIL.']);
  expect(problems(fields, { EMAIL: 'e', PASSWORD: 'p' })).toEqual([]);
  expect(problems(fields, { KEY: 'k', EMAIL: 'e' })).toEqual([]);
});

test('an optional group requires no field', () => {
  expect(problems([field('A', { group: 'g' }), field('B', { group: 'g' })], {})).toEqual([]);
});

test.each([
  [field('N', { kind: 'NUMBER' }), 'twelve', 'N: N must be a number.'],
  [field('B', { kind: 'BOOLEAN' }), 'yes', 'B: B must be true or false.'],
  [field('C', { kind: 'CHOICE', choices: ['a', 'b'] }), 'c', 'C: C must be one of: a, b.'],
  [field('F', { kind: 'FILE' }), 'not base64!', 'F: F must be a file, sent as base64.'],
  [field('P', { pattern: 'fc-\\w+' }), 'sk-1', 'P: P does not have the expected form (fc-\\w+).'],
])('refuses a wrong value of kind %#', (one, value, message) => {
  expect(problems([one], { [one.name]: value })).toEqual([message]);
});

test.each([
  '[',
  '(a+)+$',
  '((a+))+b',
  '(a|a)*b',
  '(a|aa)+b',
  `${'a?'.repeat(40)}b`,
  `${'(a|a)'.repeat(39)}b`,
  'x'.repeat(300),
])('does not apply a pattern that cannot be trusted: %s', (pattern) => {
  expect(problems([field('P', { pattern })], { P: `${'a'.repeat(40)}!` })).toEqual([]);
});

test('applies a pattern of several repeats to a value of a usual length, and not to one so long that it would stall', () => {
  const fields = [field('P', { pattern: '[^@]+@[^@]+\\.[^@]+' })];
  expect(problems(fields, { P: 'nobody' })).toEqual([expect.stringContaining('expected form')]);
  expect(problems(fields, { P: 'a'.repeat(32_000) })).toEqual([]);
});

test('refuses names that are not fields, inherited names included', () => {
  expect(problems([field('A')], { OTHER: 'x', constructor: 'y' })).toHaveLength(2);
  expect(credentialFormSchema([]).safeParse('text').success).toBe(false);
});

test('renders flags before positionals, repeats in order, and quotes nothing', () => {
  const fields = [
    argument('directory', { positional: true, repeated: true, required: true }),
    argument('api-key', { flag: '--api-key', kind: 'SECRET' }),
    argument('verbose', { flag: '--verbose', kind: 'BOOLEAN' }),
    argument('quiet', { flag: '--quiet', kind: 'BOOLEAN' }),
  ];
  const values = argumentFormSchema(fields).parse({
    directory: ['/tmp/a b', '', '$(rm -rf /)'],
    'api-key': '-dash',
    verbose: true,
    quiet: false,
  });
  expect(renderArguments(fields, values)).toEqual(['--api-key=-dash', '--verbose', '/tmp/a b', '$(rm -rf /)']);
});

test('a positional value cannot pose as a flag', () => {
  const schema = argumentFormSchema([argument('directory', { positional: true, repeated: true })]);
  expect(schema.safeParse({ directory: ['/tmp', '--allow-all'] }).success).toBe(false);
});

test('only a repeated argument takes several values, and a required one at least one', () => {
  expect(argumentFormSchema([argument('a')]).safeParse({ a: ['1', '2'] }).success).toBe(false);
  expect(argumentFormSchema([argument('a', { required: true })]).safeParse({ a: [''] }).success).toBe(false);
});
