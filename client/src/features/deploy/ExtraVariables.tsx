import { ActionIcon, Button, PasswordInput, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useFieldId } from '../fields/field-ids.ts';
import classes from './DeployForm.module.css';
import { type ExtraVariable, extraVariable } from './extra-variable.ts';
import type { FormErrors } from './form-state.ts';

type ExtraVariablesProps = {
  variables: readonly ExtraVariable[];
  errors: FormErrors;
  onChange: (variables: ExtraVariable[]) => void;
  /** Moves the focus of a dialog to the value of the first variable. */
  autoFocus?: boolean;
};

/** Inputs for variables that the analysis did not find. */
export function ExtraVariables({ variables, errors, onChange, autoFocus = false }: ExtraVariablesProps) {
  const fieldId = useFieldId();
  const set = (key: string, patch: Partial<ExtraVariable>) =>
    onChange(variables.map((one) => (one.key === key ? { ...one, ...patch } : one)));
  return (
    <div className={classes.stack}>
      <div>
        <div className={classes.subtitle}>Extra variables</div>
        <p className="muted small">Other environment variables for the server. Values are stored as secrets.</p>
      </div>
      {variables.map((one, index) => (
        <div key={one.key} className={classes.pair}>
          <TextInput
            id={fieldId(`extra:${one.key}`)}
            aria-label="Variable name"
            placeholder="NAME"
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="none"
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            value={one.name}
            error={errors[`extra:${one.key}`]}
            onChange={(event) => set(one.key, { name: event.currentTarget.value })}
          />
          <PasswordInput
            aria-label={`Value of ${one.name || 'the variable'}`}
            placeholder="value"
            data-autofocus={(autoFocus && index === 0) || undefined}
            autoComplete="new-password"
            value={one.value}
            onChange={(event) => set(one.key, { value: event.currentTarget.value })}
          />
          <ActionIcon
            size={32}
            aria-label={`Remove ${one.name || 'the variable'}`}
            onClick={() => onChange(variables.filter((other) => other.key !== one.key))}
          >
            <IconX size={15} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...variables, extraVariable()])}
        >
          Add variable
        </Button>
      </div>
    </div>
  );
}
