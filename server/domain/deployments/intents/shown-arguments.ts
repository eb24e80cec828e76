import { withoutSecrets } from '#server/domain/analysis/source/stored.ts';
import type { CredentialPayload, ShownArguments } from '#server/domain/credentials/credential-set.ts';
import { invalidInput } from '#server/domain/errors.ts';
import type { DeploymentFields } from './fields.ts';
import type { FormValues } from './payload.ts';

/** Stands for a secret argument. Whoever sends it back leaves that argument as it is. */
export const HIDDEN = '••••••';

type Arguments = Pick<FormValues, 'arguments' | 'extraArguments'>;

/** Which of the extra arguments may be a key: nobody declared what they are, so their form decides. */
const hiddenAt = (args: readonly string[]): boolean[] => withoutSecrets(args).map((shown, at) => shown !== args[at]);

/** What may be shown of the arguments: those that the form calls secret, or that look like it, are hidden. */
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

/** The arguments that somebody sent after they were shown: what was hidden from them is put back in its place. */
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
  const asked = sent.extraArguments.filter((argument) => argument === HIDDEN).length;
  // With another number of them nobody can tell which is which.
  if (asked > 0 && asked !== keptExtra.length) throw refuse('extraArguments');
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
  invalidInput('A hidden argument cannot be told from the others any more.', [
    { field, message: 'Give its value again.' },
  ]);
