import { expect, test } from 'vitest';
import type { LearnedForm } from '../learn/form.ts';
import { dummyOf, startOf } from './start-of.ts';

const FORM: LearnedForm = { credentials: [], arguments: [], fixedArguments: ['--stdio'] };

test('gives nothing at first, and later dummies, flags and the words of a subcommand', () => {
  expect(startOf(FORM, { needs: [], mode: [], isGuess: false })).toMatchObject({ args: ['--stdio'], env: {} });
  const start = startOf(FORM, {
    needs: [[{ kind: 'variable', name: 'ORBIT_URL' }], [{ kind: 'argument', flag: '--token', name: 'token' }]],
    mode: ['mcp'],
    isGuess: false,
  });
  expect(start.args).toEqual(['mcp', '--stdio', '--token', 'dummy0000000000000000000000000000000']);
  expect(start.env).toEqual({ ORBIT_URL: 'https://example.invalid' });
  expect(start.knownVariables).toEqual(['ORBIT_URL']);
});

test('writes a file for a variable that holds the path of one', () => {
  const need = { kind: 'variable' as const, name: 'ORBIT_CREDENTIALS_FILE' };
  const { env, files } = startOf(FORM, { needs: [[need]], mode: [], isGuess: false });
  expect(env).toEqual({});
  expect(files).toMatchObject([{ env: 'ORBIT_CREDENTIALS_FILE' }]);
});

test.each([
  ['ORBIT_API_URL', 'TEXT', 'https://example.invalid'],
  ['ORBIT_HOST', 'TEXT', 'example.invalid'],
  ['ORBIT_PORT', 'TEXT', '1'],
  ['allowed-directory', 'TEXT', '.'],
  ['ORBIT_EMAIL', 'TEXT', 'dummy@example.invalid'],
  ['ORBIT_ENABLED', 'BOOLEAN', 'true'],
  ['ORBIT_TOKEN', 'SECRET', 'dummy0000000000000000000000000000000'],
] as const)('the dummy of %s (%s) is %s', (name, kind, expected) => {
  expect(dummyOf({ name, kind, choices: [] })).toBe(expected);
});
