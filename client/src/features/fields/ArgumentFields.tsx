import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Folded } from '../../ui/layout/Folded.tsx';
import { ArgumentInput } from './ArgumentInput.tsx';

export const ArgumentFieldsFragment = graphql(`
  fragment ArgumentFields_field on ArgumentField {
    name
    advanced
    ...ArgumentInput_field
  }
`);

type ArgumentFieldsProps = {
  fields: readonly FragmentType<typeof ArgumentFieldsFragment>[];
  values: Readonly<Record<string, readonly string[]>>;
  errorOf: (name: string) => string | undefined;
  onChange: (name: string, values: string[]) => void;
  /** The first field receives the focus when its dialog opens. */
  autoFocus?: boolean;
};

/** The inputs of a server's arguments. Advanced ones are folded away, unless they were set before the form opened. */
export function ArgumentFields({ fields: masked, values, errorOf, onChange, autoFocus = false }: ArgumentFieldsProps) {
  const fields = masked.map((field) => readFragment(ArgumentFieldsFragment, field));
  // Read once: a field must not move while the user types in it.
  const [setBefore] = useState(
    () => new Set(Object.keys(values).filter((name) => values[name]?.some((value) => value !== ''))),
  );
  const folded = fields.filter(({ advanced, name }) => advanced && !setBefore.has(name));
  const shown = fields.filter((field) => !folded.includes(field));
  const input = (field: (typeof fields)[number]) => (
    <ArgumentInput
      key={field.name}
      field={field}
      values={values[field.name] ?? []}
      error={errorOf(field.name)}
      autoFocus={autoFocus && field === shown[0]}
      onChange={(next) => onChange(field.name, next)}
    />
  );
  return (
    <>
      {shown.map(input)}
      {folded.length > 0 && (
        <Folded
          label={`${folded.length} advanced ${folded.length === 1 ? 'argument' : 'arguments'}`}
          isNeeded={folded.some(({ name }) => errorOf(name) !== undefined)}
        >
          {folded.map(input)}
        </Folded>
      )}
    </>
  );
}
