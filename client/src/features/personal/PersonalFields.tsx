import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { CredentialInput } from '../fields/FieldInput.tsx';
import classes from './Personal.module.css';
import type { TypedValues } from './personal.ts';

export const PersonalFieldsFragment = graphql(`
  fragment PersonalFields_values on PersonalValues {
    databaseId
    deploymentName
    owner
    set
    fields {
      name
      label
      required
      group
      together
      ...CredentialInput_field
    }
  }
`);

type PersonalFieldsProps = {
  values: FragmentType<typeof PersonalFieldsFragment>;
  typed: TypedValues;
  onChange: (typed: TypedValues) => void;
};

/** The inputs for a person's own values, with the same help as those of the owner. */
export function PersonalFields({ values, typed, onChange }: PersonalFieldsProps) {
  const { fields, set } = readFragment(PersonalFieldsFragment, values);
  return (
    <div className={classes.fields}>
      {fields.map((field) => (
        <CredentialInput
          key={field.name}
          field={field}
          value={typed[field.name] ?? ''}
          isSet={set.includes(field.name)}
          onChange={(value) => onChange({ ...typed, [field.name]: value })}
        />
      ))}
    </div>
  );
}
