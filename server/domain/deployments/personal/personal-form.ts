import type { CredentialPayload } from '#server/domain/credentials/credential-set.ts';
import { type CredentialFormField, isGroupMet } from '#server/domain/credentials/form.ts';
import { invalidInput } from '#server/domain/errors.ts';
import type { KeyValue } from '../form/key-value.ts';
import { buildPayload, valuesOf } from '../form/payload.ts';
import type { DeploymentFields } from '../rows/fields.ts';

const NAMES_MAX = 100;

/**
 * The names of fields that become personal, with those of their groups: fields that stand in for each other are all
 * personal or all shared. Throws INVALID_INPUT for a name that is no field, and for a file.
 */
export function checkPersonalNames(fields: Pick<DeploymentFields, 'credentials'>, names: readonly string[]): string[] {
  if (names.length > NAMES_MAX) throw refuse('personalFields', `At most ${NAMES_MAX} fields can be personal.`);
  const chosen = new Set(names);
  for (const name of chosen) {
    if (!fields.credentials.some((field) => field.name === name))
      throw refuse(name, `${name} is not a credential field of this server.`);
  }
  const groups = new Set(fields.credentials.flatMap(({ name, group }) => (group && chosen.has(name) ? [group] : [])));
  const all = fields.credentials.filter(({ name, group }) => chosen.has(name) || (group && groups.has(group)));
  const file = all.find(({ kind }) => kind === 'FILE');
  if (file) {
    const message = `${file.label} is a file. Files cannot be personal.`;
    throw invalidInput(message, [{ field: file.name, message }], 'Keep it shared: each person can have own variables.');
  }
  return all.map(({ name }) => name).sort();
}

const refuse = (field: string, message: string) =>
  invalidInput(message, [{ field, message }], 'Choose among the credential fields of the deployment.');

/** The fields that the owner fills in for everyone, and those that each person fills in. */
export function splitFields(fields: DeploymentFields, personal: readonly string[]) {
  const names = new Set(personal);
  return {
    shared: { ...fields, credentials: fields.credentials.filter(({ name }) => !names.has(name)) },
    personal: fields.credentials.filter(({ name }) => names.has(name)),
  };
}

/** The fields of which a value is missing, of a group the first; empty when the values suffice for a start. */
export function missingFields<Field extends CredentialFormField>(
  fields: readonly Field[],
  given: readonly string[],
): Field[] {
  const has = (name: string) => given.includes(name);
  const groups = new Set<string>();
  return fields.filter((field) => {
    if (!field.group) return field.required && !has(field.name);
    if (groups.has(field.group)) return false;
    groups.add(field.group);
    const members = fields.filter(({ group }) => group === field.group);
    return members.some(({ required }) => required) && !isGroupMet(members, has);
  });
}

/** A payload without values for personal fields: what the machine of a release is configured with. */
export function sharedPayload(
  fields: DeploymentFields,
  payload: CredentialPayload,
  personal: readonly string[],
): CredentialPayload {
  if (!personal.some((name) => Object.hasOwn(payload.credentials, name))) return payload;
  const values = valuesOf(payload);
  const shared = values.credentials.filter(({ name }) => !personal.includes(name));
  return buildPayload(fields, { ...values, credentials: shared }, personal);
}

/** What a child gets for its caller, besides what all children have. */
export type Overlay = { env: Record<string, string>; secrets: string[] };

/**
 * Renders a caller's values: variables that differ from those of the machine, composed ones included. Every value counts
 * as a secret that is long enough to be one.
 */
export function renderOverlay(
  fields: DeploymentFields,
  payload: CredentialPayload,
  personal: readonly string[],
  own: Record<string, string>,
): Overlay {
  const shared = sharedPayload(fields, payload, personal);
  const values = valuesOf(shared);
  const added = Object.entries(own).flatMap(([name, value]): KeyValue[] =>
    personal.includes(name) ? [{ name, value }] : [],
  );
  const whole = buildPayload(fields, { ...values, credentials: [...values.credentials, ...added] }, personal);
  const { env } = shared.rendered;
  const changed = Object.entries(whole.rendered.env).filter(([name, value]) => env[name] !== value);
  const known = new Set(shared.rendered.secrets);
  const texts = added.flatMap(({ value }) => (value.length >= SECRET_CHARACTERS_MIN ? [value] : []));
  return {
    env: Object.fromEntries(changed),
    secrets: [...new Set([...whole.rendered.secrets, ...texts])].filter((secret) => !known.has(secret)),
  };
}

/** Shorter values are words such as `true`. */
const SECRET_CHARACTERS_MIN = 6;
