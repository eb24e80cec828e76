type Missing = { kind: 'VARIABLE' | 'ARGUMENT'; name: string; flag?: string | null };
type Need = { anyOf: readonly Missing[] };
type CredentialLike = { name: string };
type ArgumentLike = { name: string; flag?: string | null; positional: boolean };

/** One need with the fields that meet it. */
export type FieldNeed<Credential, Argument> = {
  key: string;
  fields: readonly ({ type: 'credential'; field: Credential } | { type: 'argument'; field: Argument })[];
};

/** Finds the fields of the settings that a server asked for. A need without a field is left to the dialogs. */
export function missingFields<Credential extends CredentialLike, Argument extends ArgumentLike>(
  needs: readonly Need[],
  fields: { credentials: readonly Credential[]; arguments: readonly Argument[] },
): FieldNeed<Credential, Argument>[] {
  return needs.flatMap(({ anyOf }) => {
    const found = anyOf.flatMap((missing) => fieldOf(missing, fields) ?? []);
    return found.length === 0 ? [] : [{ key: anyOf.map(({ name }) => name).join(), fields: found }];
  });
}

function fieldOf<Credential extends CredentialLike, Argument extends ArgumentLike>(
  { kind, name, flag }: Missing,
  fields: { credentials: readonly Credential[]; arguments: readonly Argument[] },
): FieldNeed<Credential, Argument>['fields'][number] | null {
  if (kind === 'VARIABLE') {
    const field = fields.credentials.find((one) => one.name === name);
    return field ? { type: 'credential', field } : null;
  }
  const places = fields.arguments.filter(({ positional }) => positional);
  const field = flag
    ? fields.arguments.find((one) => one.flag === flag)
    : (places.find((one) => one.name === name) ?? places[0]);
  return field ? { type: 'argument', field } : null;
}

type Values = Readonly<Record<string, readonly string[]>>;

export const fieldKey = (one: FieldNeed<CredentialLike, ArgumentLike>['fields'][number]): string =>
  `${one.type}:${one.field.name}`;

/** True when each need has a value in one of its fields. */
export const areMet = (needs: readonly FieldNeed<CredentialLike, ArgumentLike>[], values: Values): boolean =>
  needs.every(({ fields }) => fields.some((one) => values[fieldKey(one)]?.some((value) => value.trim() !== '')));

/** The entered values, in the form of the mutation. */
export function enteredValues(
  needs: readonly FieldNeed<CredentialLike, ArgumentLike>[],
  values: Values,
): { set: { name: string; value: string }[]; arguments: { name: string; value: string }[] } {
  const entered = (type: 'credential' | 'argument') =>
    needs
      .flatMap(({ fields }) => fields)
      .filter((one) => one.type === type)
      .flatMap((one) =>
        (values[fieldKey(one)] ?? [])
          .filter((value) => value.trim() !== '')
          .map((value) => ({ name: one.field.name, value })),
      );
  return { set: entered('credential'), arguments: entered('argument') };
}
