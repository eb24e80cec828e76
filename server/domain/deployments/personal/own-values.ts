import type { Transaction } from '#prisma/client.ts';
import { credentialFormSchema } from '#server/domain/credentials/form.ts';
import type { PersonalValues } from '#server/domain/credentials/personal-values.ts';
import { type FieldProblem, invalidInput, type UserError } from '#server/domain/errors.ts';
import type { KeyValue } from '../form/key-value.ts';
import type { DeploymentFields } from '../rows/fields.ts';
import { missingFields } from './personal-form.ts';

type Field = DeploymentFields['credentials'][number];

/** Checks values that a person enters, each by itself. Throws INVALID_INPUT with the fields; a message holds no value. */
export function checkOwnValues(fields: readonly Field[], given: readonly KeyValue[]): PersonalValues {
  const form = fields.map((field) => ({ ...field, required: false }));
  const result = credentialFormSchema(form).safeParse(
    Object.fromEntries(given.map(({ name, value }) => [name, value])),
  );
  if (!result.success) {
    const problems = result.error.issues.map(
      ({ path, message }): FieldProblem => ({ field: path.map(String).join('.'), message }),
    );
    throw invalidInput(problems[0]?.message ?? 'Some fields are wrong.', problems, 'Correct the value and save again.');
  }
  return result.data;
}

/** Throws INVALID_INPUT with the fields that a start needs and that have no value. */
export function requireWhole(fields: readonly Field[], values: PersonalValues, hint: string): void {
  const missing = missingFields(fields, Object.keys(values));
  if (missing.length === 0) return;
  const problems = missing.map(({ name, label }) => ({ field: name, message: `${label} is required.` }));
  throw invalidInput(problems[0]?.message ?? 'A value is missing.', problems, hint);
}

/** Two changes of the values of one deployment take turns. */
export const lockValues = async (tx: Transaction, deploymentId: string): Promise<void> => {
  await tx.$queryRaw`SELECT 1 FROM "Deployment" WHERE "id" = ${deploymentId}::uuid FOR UPDATE`;
};

export const notPersonal = (name: string): UserError =>
  invalidInput(
    `${name} is not a personal field of this deployment.`,
    [{ field: name, message: 'This field is shared.' }],
    'The owner enters shared values in the settings of the deployment.',
  );

export const isPersonalField = (name: string): UserError =>
  invalidInput(
    `${name} is personal in this deployment: each person has an own value.`,
    [{ field: name, message: 'This field is personal.' }],
    'Enter your own value under Account, or make the field shared.',
  );
