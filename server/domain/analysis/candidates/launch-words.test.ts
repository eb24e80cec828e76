import { expect, test } from 'vitest';
import type { ArgumentField } from '../result.ts';
import { readLaunchWords } from './launch-words.ts';

const field = (more: Partial<ArgumentField>): ArgumentField => ({
  name: 'region',
  label: 'Region',
  description: 'Where it is',
  kind: 'TEXT',
  required: false,
  repeated: false,
  positional: false,
  flag: '--region',
  default: null,
  choices: [],
  advanced: true,
  evidence: [],
  ...more,
});
const literal = (...words: string[]) => words.map((word) => ({ flag: null, value: [word] }));
const read = (line: string, known: ArgumentField[] = []) => readLaunchWords(line.split(' ').filter(Boolean), known);

test.each([['server start'], ['mcp start --verbose'], ['-- --stdio'], ['a b c d']])(
  'keeps the words of %j in order',
  (line) => {
    const { words, fields } = read(line);
    expect(words).toEqual(literal(...line.split(' ')));
    expect(fields).toEqual([]);
  },
);

test('keeps a flag with its value between two subcommands', () => {
  expect(read('run --profile work stdio').words).toEqual([
    ...literal('run'),
    { flag: '--profile', value: ['work'] },
    ...literal('stdio'),
  ]);
});

test('makes a field of a placeholder where it stands', () => {
  const { words, fields } = read('--api-key <token> serve --mode=${MODE:-fast}');
  expect(words).toEqual([
    { flag: '--api-key', value: [{ field: 'api-key' }] },
    ...literal('serve'),
    { flag: null, value: ['--mode=', { field: 'mode' }] },
  ]);
  expect(fields).toMatchObject([
    { name: 'api-key', flag: '--api-key', kind: 'SECRET', required: true },
    { name: 'mode', flag: '--mode', kind: 'TEXT', required: false, default: 'fast' },
  ]);
});

test('makes a field of each placeholder within a value', () => {
  const { words, fields } = read('--dsn mysql://${DB_USER}:${DB_PASSWORD}@${DB_HOST:-localhost}/app --as ${DB_USER}');
  expect(words[0]).toEqual({
    flag: '--dsn',
    value: ['mysql://', { field: 'db-user' }, ':', { field: 'db-password' }, '@', { field: 'db-host' }, '/app'],
  });
  expect(fields).toMatchObject([
    { name: 'db-user', kind: 'TEXT', required: true, flag: null },
    { name: 'db-password', kind: 'SECRET', required: true },
    { name: 'db-host', required: false, default: 'localhost' },
    { name: 'as', flag: '--as' },
  ]);
});

test('a real value becomes the default of the field that is known', () => {
  const { words, fields } = read('--region eu-west-1 --other x', [field({})]);
  expect(words).toEqual([
    { flag: '--region', value: [{ field: 'region' }] },
    { flag: '--other', value: ['x'] },
  ]);
  expect(fields).toMatchObject([{ name: 'region', default: 'eu-west-1', advanced: false, description: 'Where it is' }]);
});

test('a folder fills the one place that is known, and a subcommand does not', () => {
  const place = field({ name: 'directory', flag: null, positional: true, required: true });
  expect(read('/srv/data', [place])).toMatchObject({
    words: [{ value: [{ field: 'directory' }] }],
    fields: [{ name: 'directory', default: '/srv/data', required: false }],
  });
  expect(read('start', [place])).toMatchObject({ words: literal('start'), fields: [], hasPositional: true });
  expect(read('<dir>', [place])).toMatchObject({ fields: [{ name: 'directory', required: true, default: null }] });
});

test('does not take the word behind a switch for its value', () => {
  const known = [field({ name: 'fast', flag: '--fast', kind: 'BOOLEAN' })];
  expect(read('--verbose run --fast start', known).words).toEqual(literal('--verbose', 'run', '--fast', 'start'));
});

test('takes the words of an input from its file', () => {
  const inputs = [{ id: 'key', description: 'The API key', isSecret: true, default: null, choices: [] }];
  const { fields } = readLaunchWords(['--login', '${input:key}'], [], inputs);
  expect(fields).toMatchObject([{ name: 'login', kind: 'SECRET', description: 'The API key', required: true }]);
});
