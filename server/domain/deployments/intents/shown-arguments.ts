import { withoutSecrets } from '#server/domain/analysis/source/stored.ts';
import type { CredentialPayload, ShownArguments } from '#server/domain/credentials/credential-set.ts';
import { invalidInput } from '#server/domain/errors.ts';
import type { FormValues } from '../form/payload.ts';
import type { DeploymentFields } from '../rows/fields.ts';

/** Stands for a secret argument. A client that sends it back leaves that argument unchanged. */
export const HIDDEN = '••••••';

type Arguments = Pick<FormValues, 'arguments' | 'extraArguments'>;

/** Marks the extra arguments that may be a key. They are not declared, so their form decides. */
const hiddenAt = (args: readonly string[]): boolean[] => withoutSecrets(args).map((shown, at) => shown !== args[at]);

/** Hides the arguments that the form declares as secret and those that look like a secret. */
export function shownArguments(
  fields: Pick<DeploymentFields, 'arguments'>,
  payload: Pick<CredentialPayload, 'arguments' | 'extraArguments'>,
): ShownArguments {
  const secret = secretNames(fields);
  const hidden = hiddenAt(payload.extraArguments);
  return {
    arguments: Object.entries(payload.arguments).flatMap(([name, values]) =>
      values.map((value) => ({ name, value: secret.has(name) ? HIDDEN : value })),
    ),
    extraArguments: payload.extraArguments.map((argument, at) => (hidden[at] ? HIDDEN : argument)),
  };
}

/** Puts the secret arguments back in place of the hidden ones that a client sends. */
export function withHiddenArguments(
  fields: Pick<DeploymentFields, 'arguments'>,
  before: FormValues,
  sent: Arguments,
): FormValues {
  const secret = secretNames(fields);
  const kept = Map.groupBy(
    before.arguments.filter(({ name }) => secret.has(name)),
    ({ name }) => name,
  );
  const hidden = hiddenAt(before.extraArguments);
  const keptExtra = before.extraArguments.filter((_, at) => hidden[at]);
  const sentHidden = sent.extraArguments.filter((argument) => argument === HIDDEN).length;
  // With another number of hidden arguments it is unknown which is which.
  if (sentHidden > 0 && sentHidden !== keptExtra.length) throw refuse('extraArguments');
  return {
    ...before,
    arguments: sent.arguments.map(({ name, value }) => {
      if (value !== HIDDEN) return { name, value };
      const [first, ...others] = kept.get(name) ?? [];
      if (!first) throw refuse(name);
      kept.set(name, others);
      return first;
    }),
    extraArguments: sent.extraArguments.map((argument) =>
      argument === HIDDEN ? (keptExtra.shift() ?? argument) : argument,
    ),
  };
}

const secretNames = ({ arguments: fields }: Pick<DeploymentFields, 'arguments'>): ReadonlySet<string> =>
  new Set(fields.filter(({ kind }) => kind === 'SECRET').map(({ name }) => name));

const refuse = (field: string) =>
  invalidInput('The hidden arguments no longer match the saved ones.', [{ field, message: 'Enter the value again.' }]);
