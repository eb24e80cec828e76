import { expect, test } from 'vitest';
import type { FormValues } from '../form/payload.ts';
import type { DeploymentFields } from '../rows/fields.ts';
import { HIDDEN, shownArguments, withHiddenArguments } from './shown-arguments.ts';

const field = (name: string, kind: 'SECRET' | 'TEXT'): DeploymentFields['arguments'][number] => ({
  name,
  label: name,
  description: null,
  kind,
  required: false,
  repeated: false,
  positional: false,
  advanced: false,
  flag: `--${name}`,
  default: null,
  choices: [],
  evidence: [],
});
const fields = { arguments: [field('folder', 'TEXT'), field('pin', 'SECRET')] };
const before: FormValues = {
  credentials: [],
  arguments: [
    { name: 'folder', value: '/tmp' },
    { name: 'pin', value: '1234' },
  ],
  extraArguments: ['--verbose', '--api-key', 'abc', '--token=def', '/srv'],
  extraEnvironment: [],
};

test('hides arguments that the form declares as secret, and values of flags that look like a key', () => {
  const payload = { arguments: { folder: ['/tmp'], pin: ['1234'] }, extraArguments: before.extraArguments };
  const shown = shownArguments(fields, payload);
  expect(shown).toEqual({
    arguments: [
      { name: 'folder', value: '/tmp' },
      { name: 'pin', value: HIDDEN },
    ],
    extraArguments: ['--verbose', '--api-key', HIDDEN, HIDDEN, '/srv'],
  });
  expect(JSON.stringify(shown)).not.toMatch(/1234|abc|def/);
});

test('keeps the values of hidden arguments that are sent back', () => {
  const sent = {
    arguments: [
      { name: 'pin', value: HIDDEN },
      { name: 'folder', value: '/srv' },
    ],
    extraArguments: ['--quiet', '--api-key', HIDDEN, HIDDEN],
  };
  expect(withHiddenArguments(fields, before, sent)).toMatchObject({
    arguments: [
      { name: 'pin', value: '1234' },
      { name: 'folder', value: '/srv' },
    ],
    extraArguments: ['--quiet', '--api-key', 'abc', '--token=def'],
  });
});

test('removes arguments that are not sent back', () => {
  expect(withHiddenArguments(fields, before, { arguments: [], extraArguments: [] })).toMatchObject({
    arguments: [],
    extraArguments: [],
  });
});

test.each([
  { arguments: [], extraArguments: ['--api-key', HIDDEN] },
  { arguments: [{ name: 'folder', value: HIDDEN }], extraArguments: [] },
])('refuses hidden arguments that match no saved one: %j', (sent) => {
  expect(() => withHiddenArguments(fields, before, sent)).toThrow(/no longer match/);
});
