import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import type { UpdateSettingsInput } from '../../generated/graphql.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import classes from './Settings.module.css';
import { useCheckKey, useUpdateSettings } from './update-settings.ts';

const KeyItemFragment = graphql(`
  fragment KeyItem_key on ServiceKey {
    service
    source
    masked
    checkedAt
    problem
    account
  }
`);

const STATES = { NONE: 'Not set', OWN: 'Your key', PLATFORM: 'Installation key' } as const;

type KeyItemProps = {
  service: FragmentType<typeof KeyItemFragment>;
  name: string;
  purpose: string;
  /** Describes what removing the key does. */
  consequence: string;
  /** The change that removes it. */
  change: UpdateSettingsInput;
  /** The deployments that need the key, which cannot be removed while they exist. */
  held?: readonly string[];
  form: (onDone: () => void) => ReactNode;
  children?: ReactNode;
};

/** Shows the state of a key, and lets the user add, check, replace or remove it. */
export function KeyItem({ name, purpose, consequence, change, held = [], form, children, ...props }: KeyItemProps) {
  const key = readFragment(KeyItemFragment, props.service);
  const { check: checkKey, checking } = useCheckKey();
  const { save, saving } = useUpdateSettings();
  const [editing, setEditing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [unchecked, setUnchecked] = useState<string | null>(null);
  const heldId = useId();
  const isOwn = key.source === 'OWN';

  const check = async () => setUnchecked((await checkKey(key.service))?.message ?? null);
  const problem = unchecked ?? (isOwn ? key.problem : null);

  return (
    <li className={classes.key} aria-label={name}>
      <div className={classes.about}>
        <h3 className={classes.name}>
          {name}
          <span className={classes.state} data-source={key.source}>
            {STATES[key.source]}
          </span>
          {isOwn && <code className={classes.masked}>{key.masked}</code>}
        </h3>
        <p className={classes.purpose}>{purpose}</p>
        {children}
        {isOwn && key.checkedAt && (
          <p className={classes.fact}>
            {key.account && <>{key.account} · </>}checked <Ago at={key.checkedAt} />
          </p>
        )}
        {problem && (
          <p className={classes.problem} role="alert">
            <IconAlertTriangle size={15} aria-hidden /> {problem}
          </p>
        )}
        {held.length > 0 && (
          <p className={classes.fact} id={heldId}>
            {held.join(', ')} {held.length === 1 ? 'uses' : 'use'} this token. Delete{' '}
            {held.length === 1 ? 'this deployment' : 'these deployments'} before you remove the token or change the app:
            without the token, Catwalk can’t manage or delete the machines.
          </p>
        )}
      </div>
      <div className={classes.actions}>
        {isOwn && (
          <Button variant="default" size="xs" loading={checking} onClick={() => void check()}>
            Check now<span className="visually-hidden">: {name}</span>
          </Button>
        )}
        {!editing && (
          <Button variant="default" size="xs" onClick={() => setEditing(true)}>
            {isOwn ? 'Replace' : 'Add your key'}
            <span className="visually-hidden">: {name}</span>
          </Button>
        )}
        {isOwn && (
          <Button
            variant="default"
            size="xs"
            disabled={held.length > 0}
            aria-describedby={held.length > 0 ? heldId : undefined}
            onClick={() => setRemoving(true)}
          >
            Remove<span className="visually-hidden">: {name}</span>
          </Button>
        )}
      </div>
      {editing && <div className={classes.editor}>{form(() => setEditing(false))}</div>}
      <ConfirmDialog
        opened={removing}
        onClose={() => setRemoving(false)}
        title={`Remove your ${name} key?`}
        confirm="Remove"
        working={saving}
        onConfirm={() => save(change)}
      >
        {consequence} Catwalk keeps no copy of the key.
      </ConfirmDialog>
    </li>
  );
}
