import { ActionIcon, Button, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { DEFAULT_IN_INPUT_MAX } from './default-in-input.ts';
import { FieldNotes } from './FieldNotes.tsx';
import classes from './Fields.module.css';
import { useFieldId } from './field-ids.ts';

export const ArgumentInputFragment = graphql(`
  fragment ArgumentInput_field on ArgumentField {
    name
    label
    description
    kind
    required
    repeated
    positional
    flag
    default
    choices
    evidence {
      kind
      file
      line
      note
    }
  }
`);

type ArgumentInputProps = {
  field: FragmentType<typeof ArgumentInputFragment>;
  values: readonly string[];
  error?: string | undefined;
  onChange: (values: string[]) => void;
  /** The variable of the same setting, which the form does not ask for. */
  alias?: string | null;
  /** Receives the focus when its dialog opens. */
  autoFocus?: boolean;
};

/** The input of one command-line argument; a repeated argument grows by rows. */
export function ArgumentInput(props: ArgumentInputProps) {
  const { field: masked, values, error, onChange, alias = null, autoFocus = false } = props;
  const field = readFragment(ArgumentInputFragment, masked);
  const id = useFieldId()(`argument:${field.name}`);
  const label = (
    <span className={classes.label}>
      {field.label} <code>{field.positional || !field.flag ? `<${field.name}>` : field.flag}</code>
      {alias && <code>{alias}</code>}
    </span>
  );
  const rows = values.length === 0 ? [''] : values;
  const set = (index: number, value: string) => onChange(rows.map((before, at) => (at === index ? value : before)));
  const isLongDefault = (field.default ?? '').length > DEFAULT_IN_INPUT_MAX;
  const placeholder = field.default && !isLongDefault ? `${field.default} (default)` : '';
  const plain = { placeholder, spellCheck: false, autoComplete: 'off', autoCapitalize: 'none' };

  return (
    <div className={classes.field} data-field={field.name}>
      {field.kind === 'BOOLEAN' ? (
        <Switch
          id={id}
          data-autofocus={autoFocus || undefined}
          label={label}
          description={field.description}
          error={error}
          checked={rows[0] === 'true'}
          onChange={(event) => onChange(event.currentTarget.checked ? ['true'] : [])}
        />
      ) : field.kind === 'CHOICE' ? (
        <Select
          id={id}
          data-autofocus={autoFocus || undefined}
          label={label}
          description={field.description}
          error={error}
          withAsterisk={field.required}
          clearable={!field.required}
          placeholder={placeholder || 'Not set'}
          data={[...field.choices]}
          value={rows[0] || null}
          onChange={(chosen) => onChange(chosen ? [chosen] : [])}
        />
      ) : (
        rows.map((value, index) => {
          const first = index === 0;
          const Input = field.kind === 'SECRET' ? PasswordInput : TextInput;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity except their position
            <div key={index} className={classes.repeat}>
              <Input
                {...plain}
                id={first ? id : `${id}:${index}`}
                data-autofocus={(first && autoFocus) || undefined}
                className={classes.grow ?? ''}
                label={first ? label : undefined}
                aria-label={first ? undefined : `${field.label} ${index + 1}`}
                description={first ? field.description : undefined}
                withAsterisk={first && field.required}
                error={first ? error : undefined}
                value={value}
                onChange={(event) => set(index, event.currentTarget.value)}
              />
              {rows.length > 1 && (
                <ActionIcon
                  className={classes.remove ?? ''}
                  size={32}
                  aria-label={`Remove ${field.label} ${index + 1}`}
                  onClick={() => onChange(rows.filter((_, at) => at !== index))}
                >
                  <IconX size={15} />
                </ActionIcon>
              )}
            </div>
          );
        })
      )}
      {field.repeated && (
        <div>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPlus size={13} />}
            onClick={() => onChange([...rows, ''])}
          >
            Add another
          </Button>
        </div>
      )}
      <FieldNotes
        evidence={field.evidence}
        note={isLongDefault || (field.kind === 'BOOLEAN' && field.default) ? `Default: ${field.default}` : null}
      />
    </div>
  );
}
