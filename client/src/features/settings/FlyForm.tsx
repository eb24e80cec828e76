import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { submitting } from '../../ui/inputs/submitting.ts';
import { keyProblem } from './key-problem.ts';
import classes from './Settings.module.css';
import { useUpdateSettings } from './update-settings.ts';

type Kept = { source: string; organization?: string | null | undefined; app?: string | null | undefined };

const APP_NAME = /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;
const SLUG = /^[a-z0-9][a-z0-9-]*$/;
const orNull = (text: string): string | null => text.trim() || null;

/** Asks for a Fly token, its organization and the app for machines; Fly says the organization when it is left out. */
export function FlyForm({ kept, onDone }: { kept: Kept; onDone: () => void }) {
  const isOwn = kept.source === 'OWN';
  const { save, saving, problem, forget } = useUpdateSettings();
  const [token, setToken] = useState('');
  const [organization, setOrganization] = useState(isOwn ? (kept.organization ?? '') : '');
  const [app, setApp] = useState(isOwn ? (kept.app ?? '') : '');
  const wrong = {
    token: keyProblem(token),
    organization: organization === '' || SLUG.test(organization) ? null : 'A slug: small letters, digits and dashes.',
    app: app === '' || APP_NAME.test(app) ? null : 'Small letters, digits and dashes, 63 at most.',
  };
  const isReady = (isOwn || token.trim() !== '') && !wrong.token && !wrong.organization && !wrong.app;
  const fields = problem?.fields ?? {};

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
    <form className={classes.form} onSubmit={submitting(submit)}>
      <PasswordInput
        label="Fly token"
        description={
          <>
            From <code>fly tokens create org</code>.{' '}
            {isOwn
              ? 'Leave it empty to keep the one you have.'
              : 'What runs now stays where it is until its next release.'}
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
        description="Its slug. Left out, it is the one that the token is for."
        placeholder="acme"
        autoComplete="off"
        spellCheck={false}
        value={organization}
        error={wrong.organization ?? fields['flyOrganization'] ?? null}
        onChange={typed(setOrganization)}
      />
      <TextInput
        label="App"
        description="Where machines are made, on a private network of its own. Left out, it gets a name; absent, it is made."
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
