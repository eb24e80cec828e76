import { expect, test } from 'vitest';
import { buildPayload } from '../form/payload.ts';
import { credentialField as field } from '../rows/credential-field.testing.ts';
import type { DeploymentFields } from '../rows/fields.ts';
import { checkOwnValues, requireWhole } from './own-values.ts';
import { checkPersonalNames, missingFields, renderOverlay, sharedPayload } from './personal-form.ts';

type Field = DeploymentFields['credentials'][number];

const fieldsOf = (...credentials: Field[]): DeploymentFields => ({ credentials, arguments: [], fixedArguments: [] });
const valuesOf = (credentials: Record<string, string>) => ({
  credentials: Object.entries(credentials).map(([name, value]) => ({ name, value })),
  arguments: [],
  extraArguments: [],
  extraEnvironment: [],
});

test('fields that stand in for each other become personal together', () => {
  const fields = fieldsOf(field('TOKEN', { group: 'login' }), field('PASSWORD', { group: 'login' }), field('REGION'));
  expect(checkPersonalNames(fields, ['TOKEN'])).toEqual(['PASSWORD', 'TOKEN']);
});

test('a file, and a name that is no field, cannot be personal', () => {
  const fields = fieldsOf(field('KEY_FILE', { kind: 'FILE' }));
  expect(() => checkPersonalNames(fields, ['KEY_FILE'])).toThrow('KEY_FILE is a file. Files cannot be personal.');
  expect(() => checkPersonalNames(fields, ['OTHER'])).toThrow('OTHER is not a credential field of this server.');
});

test('the machine needs no value of a personal field, and is given none that an older release had', () => {
  const fields = fieldsOf(field('TOKEN'), field('REGION', { kind: 'TEXT' }));
  expect(() => buildPayload(fields, valuesOf({ REGION: 'eu' }))).toThrow('TOKEN is required.');
  expect(buildPayload(fields, valuesOf({ REGION: 'eu' }), ['TOKEN']).rendered.env).toEqual({ REGION: 'eu' });

  const older = buildPayload(fields, valuesOf({ TOKEN: 'the-key-of-the-owner', REGION: 'eu' }));
  const { rendered } = sharedPayload(fields, older, ['TOKEN']);
  expect(rendered.env).toEqual({ REGION: 'eu' });
  expect(rendered.secrets).toEqual([]);
});

test('a caller gets the own variables, those that are composed of them included, and no value of the others', () => {
  const fields: DeploymentFields = {
    ...fieldsOf(field('TOKEN'), field('HOST', { kind: 'TEXT' }), field('PLAIN', { kind: 'TEXT', required: false })),
    launch: {
      index: null,
      words: [],
      variables: { DATABASE_URL: ['db://', { field: 'TOKEN' }, '@', { field: 'HOST' }] },
    },
  };
  const payload = buildPayload(fields, valuesOf({ HOST: 'db.example', PLAIN: 'shared' }), ['TOKEN']);
  const overlay = renderOverlay(fields, payload, ['TOKEN'], { TOKEN: 'key-of-ann', STRANGER: 'ignored' });
  expect(overlay.env).toEqual({ DATABASE_URL: 'db://key-of-ann@db.example' });
  expect(overlay.secrets).toContain('key-of-ann');
});

test('every value of a caller that is long enough is a secret, whatever its kind', () => {
  const fields = fieldsOf(field('LOGIN', { kind: 'TEXT' }), field('FLAG', { kind: 'BOOLEAN', required: false }));
  const payload = buildPayload(fields, valuesOf({}), ['LOGIN', 'FLAG']);
  expect(renderOverlay(fields, payload, ['LOGIN', 'FLAG'], { LOGIN: 'ann@example.com', FLAG: 'true' }).secrets).toEqual(
    ['ann@example.com'],
  );
});

test('of a group one value suffices, and one name stands for it when none is there', () => {
  const group = { group: 'login' };
  const fields = [field('TOKEN', group), field('PASSWORD', group), field('REGION', { required: false })];
  expect(missingFields(fields, []).map(({ name }) => name)).toEqual(['TOKEN']);
  expect(missingFields(fields, ['PASSWORD'])).toEqual([]);
});

test('a refused value is not repeated in its message', () => {
  const fields = [field('TOKEN', { pattern: 'ghp_.+' })];
  const refused = () => checkOwnValues(fields, [{ name: 'TOKEN', value: 'not-of-that-form' }]);
  expect(refused).toThrow('TOKEN does not have the expected form (ghp_.+).');
  expect(() => requireWhole(fields, {}, 'Enter it.')).toThrow('TOKEN is required.');
  expect(checkOwnValues(fields, [{ name: 'TOKEN', value: 'ghp_1' }])).toEqual({ TOKEN: 'ghp_1' });
});
