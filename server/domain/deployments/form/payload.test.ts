import { expect, it } from 'vitest';
import { credentialField } from '#server/domain/analysis/detect/credential-field.ts';
import type { ArgumentField, CredentialField } from '#server/domain/analysis/result.ts';
import { UserError } from '#server/domain/errors.ts';
import { buildPayload, type FormValues, valuesOf } from './payload.ts';

const credential = (over: Partial<CredentialField>) =>
  credentialField('API_KEY', { kind: 'SECRET', evidence: [], ...over });
const argument = (over: Partial<ArgumentField>): ArgumentField => ({
  name: 'directory',
  label: 'Directory',
  description: null,
  kind: 'TEXT',
  required: true,
  repeated: true,
  positional: true,
  advanced: false,
  flag: null,
  default: null,
  choices: [],
  evidence: [],
  ...over,
});
const fields = (over: { credentials?: CredentialField[]; arguments?: ArgumentField[]; fixedArguments?: string[] }) => ({
  credentials: over.credentials ?? [],
  arguments: over.arguments ?? [],
  fixedArguments: over.fixedArguments ?? [],
});
const values = (over: Partial<FormValues> = {}): FormValues => ({
  credentials: [],
  arguments: [],
  extraArguments: [],
  extraEnvironment: [],
  ...over,
});
const codeOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof UserError ? error.code : String(error);
  }
};

it('puts fixed arguments first, then the form’s, then the extra ones, each as it is', () => {
  const form = fields({ arguments: [argument({})], fixedArguments: ['--stdio'] });
  const { rendered } = buildPayload(
    form,
    values({ arguments: [{ name: 'directory', value: '/a b; rm -rf $HOME' }], extraArguments: ['--verbose'] }),
  );
  expect(rendered.args).toEqual(['--stdio', '/a b; rm -rf $HOME', '--verbose']);
});

it('refuses a missing required argument, unless extra arguments may hold it', () => {
  const form = fields({ arguments: [argument({})] });
  expect(codeOf(() => buildPayload(form, values()))).toBe('INVALID_INPUT');
  expect(buildPayload(form, values({ extraArguments: ['/tmp'] })).rendered.args).toEqual(['/tmp']);
});

it('sets no variable for an empty value or a default', () => {
  const form = fields({ credentials: [credential({ default: 'x' }), credential({ name: 'MODE', kind: 'TEXT' })] });
  const { rendered } = buildPayload(form, values({ credentials: [{ name: 'MODE', value: '' }] }));
  expect(rendered.env).toEqual({});
});

it('accepts variables that the analysis did not find, and redacts them', () => {
  const { rendered, extraEnvironment } = buildPayload(
    fields({}),
    values({ credentials: [{ name: 'UNKNOWN_KEY', value: 'hidden' }] }),
  );
  expect(extraEnvironment).toEqual({ UNKNOWN_KEY: 'hidden' });
  expect(rendered.secrets).toEqual(['hidden']);
});

it.each(['NODE_OPTIONS', 'LD_PRELOAD', 'npm_config_registry', 'CATWALK_HOST_TOKEN', 'PATH'])('refuses %s', (name) => {
  const input = values({ extraEnvironment: [{ name, value: 'x' }] });
  expect(codeOf(() => buildPayload(fields({}), input))).toBe('FORBIDDEN_VARIABLE');
});

it('gives files to the host as files and never as variables', () => {
  const form = fields({ credentials: [credential({ name: 'KEY_FILE', kind: 'FILE' })] });
  const contentBase64 = Buffer.from('{"private":"key"}').toString('base64');
  const { rendered } = buildPayload(form, values({ credentials: [{ name: 'KEY_FILE', value: contentBase64 }] }));
  expect(rendered.env).toEqual({});
  expect(rendered.files).toEqual([{ env: 'KEY_FILE', name: 'key_file', contentBase64 }]);
  const large = Buffer.alloc(256 * 1024 + 1).toString('base64');
  const tooLarge = values({ credentials: [{ name: 'KEY_FILE', value: large }] });
  expect(codeOf(() => buildPayload(form, tooLarge))).toBe('INVALID_INPUT');
});

it('builds the same payload again from its form values', () => {
  const form = fields({ credentials: [credential({})], arguments: [argument({})] });
  const payload = buildPayload(
    form,
    values({
      credentials: [{ name: 'API_KEY', value: 'secret' }],
      arguments: [
        { name: 'directory', value: '/a' },
        { name: 'directory', value: '/b' },
      ],
      extraArguments: ['-v'],
      extraEnvironment: [{ name: 'EXTRA', value: 'more' }],
    }),
  );
  expect(buildPayload(form, valuesOf(payload))).toEqual(payload);
});

it('refuses a reserved variable that a repository declares', () => {
  const form = fields({ credentials: [credential({ name: 'NODE_OPTIONS', kind: 'TEXT' })] });
  const input = values({ credentials: [{ name: 'NODE_OPTIONS', value: '--import=/tmp/x.mjs' }] });
  expect(codeOf(() => buildPayload(form, input))).toBe('FORBIDDEN_VARIABLE');
});

it('redacts each line of keys and files', () => {
  const form = fields({ credentials: [credential({}), credential({ name: 'KEY_FILE', kind: 'FILE' })] });
  const file = Buffer.from('{\n  "private_key": "abc"\n}').toString('base64');
  const { rendered } = buildPayload(
    form,
    values({
      credentials: [
        { name: 'API_KEY', value: 'first-line-of-key\nsecond-line-of-key' },
        { name: 'KEY_FILE', value: file },
      ],
    }),
  );
  expect(rendered.secrets).toEqual(
    expect.arrayContaining(['first-line-of-key', 'second-line-of-key', '  "private_key": "abc"']),
  );
  expect(rendered.secrets).not.toContain('}');
});

it('keeps an argument of several lines in one piece', () => {
  const form = fields({ arguments: [argument({ repeated: false })] });
  const payload = buildPayload(form, values({ arguments: [{ name: 'directory', value: 'one\ntwo' }] }));
  expect(buildPayload(form, valuesOf(payload)).rendered.args).toEqual(['one\ntwo']);
});

it('redacts the value of a flag that is named like a secret', () => {
  const extraArguments = ['--api-key', 'value one', '--access-token=value two', '--verbose', 'a word', '-p', 'x'];
  const none = { credentials: [], arguments: [], extraEnvironment: [] };
  const fields = { credentials: [], arguments: [], fixedArguments: [] };
  expect(buildPayload(fields, { ...none, extraArguments }).rendered.secrets).toEqual(['value one', 'value two']);
});

it('takes a required setting as its flag or as its variable', () => {
  const form = fields({
    credentials: [credential({ name: 'X_TOKEN', required: true })],
    arguments: [argument({ name: 'token', positional: false, repeated: false, flag: '--token', variable: 'X_TOKEN' })],
  });
  expect(codeOf(() => buildPayload(form, values()))).toBe('INVALID_INPUT');
  expect(buildPayload(form, values({ credentials: [{ name: 'X_TOKEN', value: 't' }] })).rendered.args).toEqual([]);
  expect(buildPayload(form, values({ arguments: [{ name: 'token', value: 't' }] })).rendered.args).toEqual([
    '--token',
    't',
  ]);
});

const build = (form: Parameters<typeof fields>[0], input: Partial<FormValues>) =>
  buildPayload(fields(form), values(input));

/** The fields that a form is refused for; null if it is accepted. */
const refusedFields = (...given: Parameters<typeof build>): string[] | null => {
  try {
    build(...given);
    return null;
  } catch (error) {
    return error instanceof UserError ? (error.fields ?? []).map(({ field }) => field) : [String(error)];
  }
};
const many = (count: number) => Array.from({ length: count }, (_, at) => `x${at}`);

it('accepts a hundred extra arguments of 32 kB, and no more', () => {
  expect(refusedFields({}, { extraArguments: many(100) })).toBeNull();
  expect(refusedFields({}, { extraArguments: many(101) })).toEqual(['extraArguments']);
  expect(refusedFields({}, { extraArguments: ['x'.repeat(32_768)] })).toBeNull();
  expect(refusedFields({}, { extraArguments: ['x'.repeat(32_769)] })).toEqual(['extraArguments']);
  expect(refusedFields({}, { extraArguments: ['fine', 'a\0b'] })).toEqual(['extraArguments']);
});

it('accepts a hundred extra variables with valid names and values, and no more', () => {
  const variables = (count: number) => many(count).map((name) => ({ name: name.toUpperCase(), value: 'v' }));
  expect(refusedFields({}, { extraEnvironment: variables(100) })).toBeNull();
  expect(refusedFields({}, { extraEnvironment: variables(101) })).toEqual(['extraEnvironment']);
  expect(refusedFields({}, { extraEnvironment: [{ name: 'NOT VALID', value: 'v' }] })).toEqual(['NOT VALID']);
  expect(refusedFields({}, { extraEnvironment: [{ name: 'A', value: 'a\0b' }] })).toEqual(['A']);
  expect(build({}, { extraEnvironment: [{ name: 'A', value: '' }] }).rendered.env).toEqual({});
});

it('accepts a file of 256 kB, and none that is larger', () => {
  const form = { credentials: [credential({ name: 'KEY_FILE', kind: 'FILE' })] };
  const file = (bytes: number) => ({
    credentials: [{ name: 'KEY_FILE', value: Buffer.alloc(bytes, 'x').toString('base64') }],
  });
  expect(refusedFields(form, file(256 * 1024))).toBeNull();
  expect(refusedFields(form, file(256 * 1024 + 1))).toEqual(['KEY_FILE']);
});

it('redacts values of four characters and lines of twelve, and nothing shorter', () => {
  const secretsOf = (value: string) => build({}, { extraEnvironment: [{ name: 'A', value }] }).rendered.secrets;
  expect([secretsOf('abc'), secretsOf('abcd')]).toEqual([[], ['abcd']]);
  const lines = 'twelve-chars\neleven-char\r\nanother-long-line';
  expect(secretsOf(lines)).toEqual([lines, 'twelve-chars', 'another-long-line']);
});

it.each([
  [['--api-key', 'value'], ['value']],
  [['--api-key=value'], ['value']],
  [['-token', 'value'], ['value']],
  [['--DB-PASSWORD', 'value'], ['value']],
  [['--passwd', 'value'], ['value']],
  [['--dsn', 'value'], ['value']],
  [['--auth'], []],
  [['--level', 'value'], []],
  [['key', 'value'], []],
])('of the extra arguments %j it redacts %j', (extraArguments, secrets) => {
  expect(build({}, { extraArguments }).rendered.secrets).toEqual(secrets);
});

it('redacts secret arguments of the form, and no other fields', () => {
  const form = {
    credentials: [credential({ name: 'URL', kind: 'TEXT' }), credential({ name: 'KEY' })],
    arguments: [argument({ name: 'pin', kind: 'SECRET' }), argument({ name: 'where' })],
  };
  const { rendered } = build(form, {
    credentials: [
      { name: 'URL', value: 'plain-text' },
      { name: 'KEY', value: 'secret-key' },
    ],
    arguments: [
      { name: 'pin', value: 'secret-pin' },
      { name: 'where', value: 'plain-place' },
    ],
  });
  expect(rendered.secrets).toEqual(['secret-key', 'secret-pin']);
});
