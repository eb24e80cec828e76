import { expect, test } from 'vitest';
import { credentialField } from '#server/domain/analysis/detect/credential-field.ts';
import type { ArgumentField } from '#server/domain/analysis/result.ts';
import type { DeploymentFields } from '../rows/fields.ts';
import { renderCommandLine, renderVariables } from './render-launch.ts';

const argument = (name: string, more: Partial<ArgumentField> = {}): ArgumentField => ({
  name,
  label: name,
  description: null,
  kind: 'TEXT',
  required: false,
  repeated: false,
  positional: false,
  flag: `--${name}`,
  default: null,
  choices: [],
  advanced: false,
  evidence: [],
  ...more,
});
const variable = (name: string, fallback: string | null = null) =>
  credentialField(name, { kind: 'TEXT', default: fallback, evidence: [] });
const FIELDS: DeploymentFields = {
  credentials: [variable('user'), variable('host', 'localhost'), variable('REGION')],
  arguments: [argument('profile', { default: 'work' }), argument('key'), argument('verbose', { kind: 'BOOLEAN' })],
  fixedArguments: [],
  launch: {
    index: 0,
    words: [
      { flag: null, value: ['run'] },
      { flag: '--profile', value: [{ field: 'profile' }] },
      { flag: null, value: ['--key=', { field: 'key' }] },
      { flag: null, value: ['stdio'] },
    ],
    variables: { DSN: ['db://', { field: 'user' }, '@', { field: 'host' }] },
  },
};

test('keeps the words of a launch in order and fills their fields', () => {
  const values = { profile: ['home'], key: ['k'], verbose: ['true'] };
  expect(renderCommandLine(FIELDS, values)).toEqual(['run', '--profile', 'home', '--key=k', 'stdio', '--verbose']);
});

test('takes the default of an empty field, and leaves out a word that has none', () => {
  expect(renderCommandLine(FIELDS, {})).toEqual(['run', '--profile', 'work', 'stdio']);
});

test('puts variables together, and does not set their parts', () => {
  expect(renderVariables(FIELDS, { user: 'ann', REGION: 'eu' })).toEqual({ REGION: 'eu', DSN: 'db://ann@localhost' });
  expect(renderVariables(FIELDS, { REGION: 'eu' })).toEqual({ REGION: 'eu' });
});

test('without a launch, gives the fixed arguments and then the fields', () => {
  const { launch: _, ...fields } = FIELDS;
  expect(renderCommandLine({ ...fields, fixedArguments: ['--stdio'] }, { key: ['k'] })).toEqual([
    '--stdio',
    '--key',
    'k',
  ]);
});
