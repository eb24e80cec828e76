import { Anchor, Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { checkKeyText } from './check-key-text.ts';
import classes from './Settings.module.css';
import { useUpdateSettings } from './update-settings.ts';

type KeyFormProps = {
  field: 'openRouterKey' | 'gitHubToken' | 'registryLogins';
  label: string;
  placeholder: string;
  /** The page where the key is made, or a sentence about its form. */
  help: { href: string; text: string } | string;
  onDone: () => void;
};

/** Asks for a key, which is saved only when its service accepts it. */
export function KeyForm({ field, label, placeholder, help, onDone }: KeyFormProps) {
  const { save, saving, problem, forget } = useUpdateSettings();
  const [key, setKey] = useState('');
  const error = checkKeyText(key);
  const submit = async () => {
    if (key.trim() !== '' && error === null && (await save({ [field]: key.trim() })) === null) onDone();
  };
  return (
    <form className={classes.form} onSubmit={handleSubmit(submit)}>
      <PasswordInput
        label={label}
        description={
          <>
            {typeof help === 'string' ? (
              help
            ) : (
              <>
                From{' '}
                <Anchor href={help.href} target="_blank" rel="noreferrer" inherit>
                  {help.text}
                </Anchor>
              </>
            )}
            . The key is checked before it is saved.
          </>
        }
        placeholder={placeholder}
        autoComplete="off"
        data-autofocus
        autoFocus
        value={key}
        error={error ?? problem?.byField[field] ?? null}
        onChange={(event) => {
          setKey(event.currentTarget.value);
          forget();
        }}
      />
      {problem && (
        <p className={classes.problem} role="alert">
          {problem.byField[field] ? null : `${problem.message} `}
          {problem.hint}
        </p>
      )}
      <div className={classes.buttons}>
        <Button type="submit" loading={saving} disabled={key.trim() === '' || error !== null}>
          Check and save
        </Button>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
