import { FileInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { IconFile } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { DEFAULT_IN_INPUT_MAX } from './default-in-input.ts';
import { FieldNotes } from './FieldNotes.tsx';
import classes from './Fields.module.css';
import { useFieldId } from './field-ids.ts';

export const CredentialInputFragment = graphql(`
  fragment CredentialInput_field on CredentialField {
    name
    label
    description
    kind
    required
    requirement
    default
    choices
    group
    helpUrl
    confidence
    evidence {
      kind
      file
      line
      note
    }
  }
`);

type CredentialInputProps = {
  field: FragmentType<typeof CredentialInputFragment>;
  value: string;
  error?: string | undefined;
  onChange: (value: string) => void;
  /** The server has a value already: an empty field keeps it. */
  isSet?: boolean;
  /** The flag of the same setting, which the form does not ask for. */
  alias?: string | null;
  autoFocus?: boolean;
};

/** A switch in its default position leaves the variable unset. */
const switchValue = (checked: boolean, initial: string | null): string => {
  if (checked) return initial === 'true' ? '' : 'true';
  return initial === 'true' ? 'false' : '';
};

const base64Of = async (file: File): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
};

/** The input of one credential: the control for its kind, the name of its variable, and where it was found. */
export function CredentialInput({
  field: masked,
  value,
  error,
  onChange,
  isSet = false,
  alias = null,
  autoFocus = false,
}: CredentialInputProps) {
  const field = readFragment(CredentialInputFragment, masked);
  const shared = {
    id: useFieldId()(`credential:${field.name}`),
    label: (
      <span className={classes.label}>
        {field.label === field.name ? (
          <code className={classes.alone}>{field.name}</code>
        ) : (
          <>
            {field.label} <code>{field.name}</code>
          </>
        )}
        {alias && <code>{alias}</code>}
      </span>
    ),
    description: field.description,
    error,
    // The frame of a group shows that one of its fields is required.
    withAsterisk: field.required && !isSet && !field.group,
    'data-autofocus': autoFocus || undefined,
  };
  const { withAsterisk: _, ...withoutAsterisk } = shared;
  const isLongDefault = (field.default ?? '').length > DEFAULT_IN_INPUT_MAX;
  const placeholder = isSet
    ? 'Set. Type to replace.'
    : field.default && !isLongDefault
      ? `${field.default} (default)`
      : undefined;
  // A switch is on or off: it cannot show a stored value, nor that a required value is missing.
  const isSwitch = field.kind === 'BOOLEAN' && !isSet && (!field.required || field.default != null);
  const text = {
    ...shared,
    placeholder: placeholder ?? '',
    spellCheck: false,
    autoCapitalize: 'none',
    autoCorrect: 'off',
  };

  return (
    <div className={classes.field} data-field={field.name}>
      {field.kind === 'SECRET' && (
        <PasswordInput
          {...text}
          autoComplete="new-password"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': `Show or hide ${field.name}` }}
        />
      )}
      {(field.kind === 'TEXT' || field.kind === 'NUMBER') && (
        <TextInput
          {...text}
          autoComplete="off"
          inputMode={field.kind === 'NUMBER' ? 'decimal' : 'text'}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {isSwitch && (
        <Switch
          {...withoutAsterisk}
          checked={(value || field.default) === 'true'}
          onChange={(event) => onChange(switchValue(event.currentTarget.checked, field.default ?? null))}
        />
      )}
      {(field.kind === 'CHOICE' || (field.kind === 'BOOLEAN' && !isSwitch)) && (
        <Select
          {...shared}
          placeholder={placeholder ?? 'Not set'}
          clearable={!field.required}
          data={field.kind === 'BOOLEAN' ? ['true', 'false'] : [...field.choices]}
          value={value === '' ? null : value}
          onChange={(chosen) => onChange(chosen ?? '')}
        />
      )}
      {field.kind === 'FILE' && (
        <FileInput
          {...shared}
          placeholder={isSet ? 'Set. Choose a file to replace.' : 'Choose a file'}
          leftSection={<IconFile size={15} />}
          clearable
          onChange={(file) => void (file ? base64Of(file).then(onChange) : onChange(''))}
        />
      )}
      <FieldNotes
        evidence={field.evidence}
        helpUrl={field.kind === 'SECRET' ? field.helpUrl : null}
        note={[
          field.requirement === 'LAZY' && !field.group && 'The server starts without it, but its tools won’t work.',
          isLongDefault && !isSet && `Default: ${field.default}`,
        ]
          .filter(Boolean)
          .join(' ')}
        unsure={field.confidence === 'LOW'}
      />
    </div>
  );
}
