import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { groupsOf } from '../deploy/arrange-fields.ts';
import { FieldGroup } from '../deploy/SettingFields.tsx';
import { CredentialInput } from '../fields/FieldInput.tsx';
import classes from './Personal.module.css';
import type { TypedValues } from './personal.ts';

export const PersonalFieldsFragment = graphql(`
  fragment PersonalFields_field on CredentialField {
    name
    required
    requirement
    group
    together
    ...CredentialInput_field
  }
`);

type PersonalFieldsProps = {
  fields: readonly FragmentType<typeof PersonalFieldsFragment>[];
  /** Names of the fields that have a value. */
  set?: readonly string[];
  typed: TypedValues;
  onChange: (typed: TypedValues) => void;
};

/** The inputs for a caller's own values, with the same help as in the deploy form. */
export function PersonalFields({ fields: masked, set = [], typed, onChange }: PersonalFieldsProps) {
  const fields = masked.map((field) => readFragment(PersonalFieldsFragment, field));
  const row = (field: (typeof fields)[number]) => (
    <CredentialInput
      key={field.name}
      field={field}
      value={typed[field.name] ?? ''}
      isSet={set.includes(field.name)}
      onChange={(value) => onChange({ ...typed, [field.name]: value })}
    />
  );
  return (
    <div className={classes.fields}>
      {groupsOf(fields).map((members) =>
        members.length > 1 ? <FieldGroup key={members[0]?.name} fields={members} show={row} /> : members.map(row),
      )}
    </div>
  );
}
