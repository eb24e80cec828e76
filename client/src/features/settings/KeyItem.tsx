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

const STATES = { NONE: 'Not set', OWN: 'Yours', PLATFORM: 'This Catwalk’s' } as const;

type KeyItemProps = {
  service: FragmentType<typeof KeyItemFragment>;
  name: string;
  purpose: string;
  /** What follows from removing it. */
  consequence: string;
  /** The change that removes it. */
  change: UpdateSettingsInput;
  /** Deployments that need it: it stays as long as they are there. */
  held?: readonly string[];
  form: (onDone: () => void) => ReactNode;
  children?: ReactNode;
};

/** A key's state and what can be done about it. */
export function KeyItem({ name, purpose, consequence, change, held = [], form, children, ...props }: KeyItemProps) {
  const key = readFragment(KeyItemFragment, props.service);
  const { ask, checking } = useCheckKey();
  const { save, saving } = useUpdateSettings();
  const [editing, setEditing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [unchecked, setUnchecked] = useState<string | null>(null);
  const heldId = useId();
  const isOwn = key.source === 'OWN';

  const check = async () => setUnchecked((await ask(key.service))?.message ?? null);
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
            {held.join(', ')} {held.length === 1 ? 'runs' : 'run'} with it. Delete {held.length === 1 ? 'it' : 'them'}{' '}
            before you remove the token or name another app: without it nobody could watch the machines or remove them.
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
            {isOwn ? 'Replace' : 'Add your own'}
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
        title={`Remove your ${name} key`}
        confirm="Remove"
        working={saving}
        onConfirm={() => save(change)}
      >
        {consequence} Catwalk keeps no copy.
      </ConfirmDialog>
    </li>
  );
}
