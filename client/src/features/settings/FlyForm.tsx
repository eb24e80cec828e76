import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { checkKeyText } from './check-key-text.ts';
import classes from './Settings.module.css';
import { useUpdateSettings } from './update-settings.ts';

type Stored = { source: string; organization?: string | null | undefined; app?: string | null | undefined };

const APP_NAME = /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;
const SLUG = /^[a-z0-9][a-z0-9-]*$/;
const orNull = (text: string): string | null => text.trim() || null;

/** Asks for a Fly token, its organization and the app for machines. Fly reports an organization that is left empty. */
export function FlyForm({ stored, onDone }: { stored: Stored; onDone: () => void }) {
  const isOwn = stored.source === 'OWN';
  const { save, saving, problem, forget } = useUpdateSettings();
  const [token, setToken] = useState('');
  const [organization, setOrganization] = useState(isOwn ? (stored.organization ?? '') : '');
  const [app, setApp] = useState(isOwn ? (stored.app ?? '') : '');
  const wrong = {
    token: checkKeyText(token),
    organization: organization === '' || SLUG.test(organization) ? null : 'Use lowercase letters, digits and dashes.',
    app: app === '' || APP_NAME.test(app) ? null : 'Use up to 63 lowercase letters, digits and dashes.',
  };
  const isReady = (isOwn || token.trim() !== '') && !wrong.token && !wrong.organization && !wrong.app;
  const fields = problem?.byField ?? {};

  const submit = async () => {
    if (!isReady) return;
    const input = { flyOrganization: orNull(organization), flyApp: orNull(app) };
    if ((await save(token.trim() === '' ? input : { ...input, flyToken: token.trim() })) === null) onDone();
  };
  const typed = (set: (text: string) => void) => (event: { currentTarget: { value: string } }) => {
    set(event.currentTarget.value);
    forget();
  };

  return (
    <form className={classes.form} onSubmit={handleSubmit(submit)}>
      <PasswordInput
        label="Fly token"
        description={
          <>
            From <code>fly tokens create org</code>.{' '}
            {isOwn
              ? 'Leave empty to keep the stored token.'
              : 'Running servers stay where they are until their next release.'}
          </>
        }
        placeholder="FlyV1 fm2_…"
        autoComplete="off"
        autoFocus
        value={token}
        error={wrong.token ?? fields['flyToken'] ?? null}
        onChange={typed(setToken)}
      />
      <TextInput
        label="Organization"
        description="Organization slug. Leave empty to use the token’s organization."
        placeholder="acme"
        autoComplete="off"
        spellCheck={false}
        value={organization}
        error={wrong.organization ?? fields['flyOrganization'] ?? null}
        onChange={typed(setOrganization)}
      />
      <TextInput
        label="App"
        description="The Fly app for your machines, on its own private network. Leave empty to let Catwalk name it; it is created if it doesn’t exist."
        placeholder="catwalk-…"
        autoComplete="off"
        spellCheck={false}
        value={app}
        error={wrong.app ?? fields['flyApp'] ?? null}
        onChange={typed(setApp)}
      />
      {problem && (
        <p className={classes.problem} role="alert">
          {Object.keys(fields).length > 0 ? null : `${problem.message} `}
          {problem.hint}
        </p>
      )}
      <div className={classes.buttons}>
        <Button type="submit" loading={saving} disabled={!isReady}>
          Check and save
        </Button>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
