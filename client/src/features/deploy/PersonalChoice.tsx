import { Checkbox } from '@mantine/core';
import type { Access } from '../catalog/AccessOptions.tsx';
import classes from './DeployForm.module.css';

type PersonalChoiceProps = {
  /** Keys that a service gives to an account. */
  fields: readonly { name: string; label: string }[];
  access: Access;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
};

/** Offers that each caller enters an own key in place of one for all; nothing where no field is such a key. */
export function PersonalChoice({ fields, access, chosen, onChange }: PersonalChoiceProps) {
  if (fields.length === 0) return null;
  const isPublic = access === 'PUBLIC';
  return (
    <Checkbox.Group
      className={classes.personal ?? ''}
      label="Each person enters their own"
      description={
        isPublic
          ? 'Not for a public endpoint, which does not know who calls.'
          : 'Calls are made with the key of the person who calls. Yours serves your calls, and is used to check the server.'
      }
      value={isPublic ? [] : [...chosen]}
      onChange={onChange}
    >
      {fields.map(({ name, label }) => (
        <Checkbox key={name} value={name} disabled={isPublic} label={label === name ? name : `${label} (${name})`} />
      ))}
    </Checkbox.Group>
  );
}
