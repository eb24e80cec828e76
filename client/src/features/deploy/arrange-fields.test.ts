import { expect, test } from 'vitest';
import { type ArgumentLike, arrangeFields, type CredentialLike, matchesSearch, SECTIONS } from './arrange-fields.ts';

const credential = (name: string, more: Partial<CredentialLike> = {}): CredentialLike => ({
  name,
  kind: 'SECRET',
  required: false,
  requirement: 'OPTIONAL',
  advanced: false,
  confidence: 'HIGH',
  evidence: [],
  ...more,
});
const argument = (name: string, more: Partial<ArgumentLike> = {}): ArgumentLike => ({
  name,
  kind: 'TEXT',
  required: false,
  advanced: false,
  positional: false,
  flag: `--${name}`,
  evidence: [],
  ...more,
});

function keysOf(credentials: CredentialLike[], args: ArgumentLike[] = [], filled: string[] = []) {
  const arranged = arrangeFields({
    packageName: '@vendor/firecrawl-mcp',
    credentials,
    arguments: args,
    isFilled: (id) => filled.includes(id),
  });
  return Object.fromEntries(SECTIONS.map((section) => [section, arranged[section].map(({ key }) => key)]));
}

test('sorts required settings first, then usual ones, then the README’s example, and folds the others', () => {
  const keys = keysOf(
    [
      credential('DEBUG', { advanced: true }),
      credential('CODE_ONLY'),
      credential('EXAMPLE', { evidence: [{ kind: 'README' }] }),
      credential('LIKELY', { requirement: 'LAZY' }),
      credential('UNSURE', { confidence: 'LOW' }),
      credential('KEY', { required: true, requirement: 'HARD' }),
    ],
    [
      argument('root', { required: true, positional: true }),
      argument('folder', { requirement: 'LAZY', positional: true }),
    ],
  );
  expect(keys).toEqual({
    required: ['argument:root', 'credential:KEY'],
    usual: ['argument:folder', 'credential:LIKELY'],
    optional: ['credential:EXAMPLE', 'credential:CODE_ONLY'],
    advanced: ['credential:DEBUG', 'credential:UNSURE'],
  });
});

test('keeps a group together in the section of its most important member', () => {
  const keys = keysOf([
    credential('TOKEN', { group: 'login', required: true, requirement: 'HARD' }),
    credential('OTHER'),
    credential('PASSWORD', { group: 'login', advanced: true }),
  ]);
  expect(keys).toMatchObject({ required: ['group:login'], optional: ['credential:OTHER'], advanced: [] });
});

test('asks once for a flag and a variable of the same setting', () => {
  const variables = [credential('FIRECRAWL_API_KEY'), credential('SMTP_PORT', { kind: 'NUMBER' })];
  const flags = [argument('api-key', { kind: 'SECRET' }), argument('port', { kind: 'NUMBER' })];
  expect(keysOf(variables, flags).optional).toEqual([
    'argument:port',
    'credential:FIRECRAWL_API_KEY',
    'credential:SMTP_PORT',
  ]);
});

test('asks once where code proves that a flag and a variable of other names are one setting', () => {
  const flag = argument('baseUrl', { required: true, variable: 'BOARDS_URL' });
  expect(keysOf([credential('BOARDS_URL', { kind: 'TEXT' })], [flag])).toMatchObject({
    required: ['argument:baseUrl'],
    optional: [],
  });
  expect(keysOf([credential('BOARDS_URL', { required: true })], [flag])).toMatchObject({
    required: ['credential:BOARDS_URL'],
    optional: [],
  });
});

test('asks for the argument when only the argument is required', () => {
  const keys = keysOf([credential('API_KEY')], [argument('api-key', { required: true })]);
  expect(keys).toMatchObject({ required: ['argument:api-key'], optional: [] });
});

test('asks for both when the flag and the variable are required', () => {
  const keys = keysOf([credential('API_KEY', { required: true })], [argument('api-key', { required: true })]);
  expect(keys['required']).toEqual(['argument:api-key', 'credential:API_KEY']);
});

test('never hides a setting that has a value', () => {
  const both = keysOf([credential('API_KEY')], [argument('api-key')], ['argument:api-key']);
  expect(both.optional).toEqual(['argument:api-key', 'credential:API_KEY']);
  expect(keysOf([credential('DEBUG', { advanced: true })], [], ['credential:DEBUG']).optional).toEqual([
    'credential:DEBUG',
  ]);
});

test('finds settings by name, label and description', () => {
  const field = { name: 'LOG_LEVEL', label: 'Log level', description: 'Verbosity of the output' };
  const setting = { type: 'credential', key: 'a', field, alsoFlag: null } as const;
  expect(['log_', 'LEVEL', 'verbos', 'port'].map((search) => matchesSearch(setting, search))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
