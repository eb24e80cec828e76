import { expect, test } from 'vitest';
import type { DeploymentFields } from './fields.ts';
import type { FormValues } from './payload.ts';
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

test('what the form calls secret is hidden, and what looks like a key behind a dash', () => {
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

test('what was hidden and is sent back stays as it was', () => {
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

test('what is left out is removed', () => {
  expect(withHiddenArguments(fields, before, { arguments: [], extraArguments: [] })).toMatchObject({
    arguments: [],
    extraArguments: [],
  });
});

test.each([
  { arguments: [], extraArguments: ['--api-key', HIDDEN] },
  { arguments: [{ name: 'folder', value: HIDDEN }], extraArguments: [] },
])('one that cannot be told is refused', (sent) => {
  expect(() => withHiddenArguments(fields, before, sent)).toThrow(/cannot be told/);
});
