import { expect, test } from 'vitest';
import { extraVariable } from './extra-variable.ts';
import { checkForm, type DeployFormValues, type FormFields, mergeArguments, mergeVariables } from './form-state.ts';

const fields: FormFields = {
  credentials: [
    { name: 'API_KEY', label: 'API key', kind: 'SECRET', required: true, choices: [] },
    { name: 'MODE', label: 'Mode', kind: 'CHOICE', required: false, choices: ['fast', 'slow'] },
  ],
  arguments: [
    { name: 'roots', label: 'Folders', kind: 'TEXT', required: true, repeated: true, positional: true, choices: [] },
  ],
};

const empty: DeployFormValues = {
  name: '',
  credentials: {},
  arguments: {},
  extraEnvironment: [],
  extraArguments: '',
  personal: [],
  region: null,
  memoryMb: null,
  processor: null,
  sleepAfterMinutes: null,
  access: 'TOKEN',
  isolation: 'AUTO',
  accepted: false,
};

test('reports a missing value at its own field', () => {
  const { errors, ready } = checkForm(empty, fields);
  expect(ready).toBeNull();
  expect(errors).toEqual({ 'credential:API_KEY': 'API key is required.', 'argument:roots': 'Folders is required.' });
});

test('reports what is missing in the order of the page, groups included', () => {
  const member = (name: string) => ({
    name,
    label: name,
    kind: 'SECRET' as const,
    required: true,
    choices: [],
    group: 'A|B',
  });
  const single = { name: 'URL', label: 'URL', kind: 'TEXT' as const, required: true, choices: [] };
  const { errors } = checkForm(empty, { credentials: [member('A'), member('B'), single], arguments: [] });
  expect(Object.keys(errors)).toEqual(['credential:A', 'credential:URL']);
});

test('leaves out unset fields and empty extra rows, and sends repeated arguments one by one', () => {
  const { ready } = checkForm(
    {
      ...empty,
      credentials: { API_KEY: 'k', MODE: '' },
      arguments: { roots: ['/a', '/b', ''] },
      extraEnvironment: [extraVariable(), extraVariable('DEBUG', '1')],
      extraArguments: '--verbose\n\n--level=3\n',
    },
    fields,
  );
  expect(ready).toEqual({
    credentials: [{ name: 'API_KEY', value: 'k' }],
    arguments: [
      { name: 'roots', value: '/a' },
      { name: 'roots', value: '/b' },
    ],
    extraEnvironment: [{ name: 'DEBUG', value: '1' }],
    extraArguments: ['--verbose', '--level=3'],
  });
});

test('fills known fields from pasted variables, and adds each unknown name once as an extra variable', () => {
  const pasted = [
    { name: 'API_KEY', value: 'k' },
    { name: 'OTHER', value: '1' },
  ];
  const once = mergeVariables(empty, pasted, fields);
  const twice = mergeVariables(once, [{ name: 'OTHER', value: '2' }], fields);
  expect(twice.credentials).toEqual({ API_KEY: 'k' });
  expect(twice.extraEnvironment.map(({ name, value }) => [name, value])).toEqual([['OTHER', '2']]);
});

test.each(['1ST', 'WITH-DASH', 'WITH SPACE', 'A=B', ''])('rejects %j as the name of an extra variable', (name) => {
  const extra = extraVariable(name, 'value');
  const { errors, ready } = checkForm(
    { ...empty, credentials: { API_KEY: 'k' }, arguments: { roots: ['/a'] }, extraEnvironment: [extra] },
    fields,
  );
  expect(ready).toBeNull();
  expect(errors).toEqual({ [`extra:${extra.key}`]: expect.stringContaining('Use letters, digits and underscores.') });
});

test.each(['NAME', '_private', 'lower_case', 'A1'])('accepts %j as the name of an extra variable', (name) => {
  const values = { ...empty, credentials: { API_KEY: 'k' }, arguments: { roots: ['/a'] } };
  const { ready } = checkForm({ ...values, extraEnvironment: [extraVariable(` ${name} `, 'value')] }, fields);
  expect(ready?.extraEnvironment).toEqual([{ name, value: 'value' }]);
});

test('fills arguments from pasted ones, all values of a repeated one', () => {
  const pasted = [
    { name: 'roots', value: '/a' },
    { name: 'roots', value: '/b' },
    { name: 'level', value: '3' },
  ];
  expect(mergeArguments({ ...empty, arguments: { level: ['1'], mode: ['x'] } }, pasted).arguments).toEqual({
    roots: ['/a', '/b'],
    level: ['3'],
    mode: ['x'],
  });
});

test('takes a required setting as its flag or as its variable', () => {
  const twins: FormFields = {
    credentials: [{ name: 'X_TOKEN', label: 'Token', kind: 'SECRET', required: true, choices: [] }],
    arguments: [
      {
        name: 'token',
        label: 'Token',
        kind: 'SECRET',
        required: true,
        repeated: false,
        positional: false,
        flag: '--token',
        variable: 'X_TOKEN',
        choices: [],
      },
    ],
  };
  expect(Object.keys(checkForm(empty, twins).errors)).toEqual(['argument:token', 'credential:X_TOKEN']);
  expect(checkForm({ ...empty, credentials: { X_TOKEN: 't' } }, twins).errors).toEqual({});
  expect(checkForm({ ...empty, arguments: { token: ['t'] } }, twins).errors).toEqual({});
});
