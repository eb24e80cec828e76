import { Button, Select, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { NoEntries } from '../../ui/data/EntryList.tsx';
import { CopyField } from '../../ui/inputs/CopyField.tsx';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Tokens.module.css';
import { type TokenItem, TokenTable } from './TokenTable.tsx';

export type NewToken = { name: string; expiresAt: string | null };

type TokenPanelsProps = {
  /** Names this kind of token, such as `token`. */
  noun: string;
  /** Label of the field for its name, where a page has several such forms. */
  nameLabel?: string;
  /** Label of the button that creates one. */
  createLabel?: string;
  /** Label of what is shown once. */
  freshLabel?: string;
  description: ReactNode;
  placeholder: string;
  /** Further choices of the form. */
  choices?: ReactNode;
  /** Further fields of the form, below the others. */
  fields?: ReactNode;
  /** False while a further field that is required is empty. */
  isWhole?: boolean;
  /** The token that was just created: shown until it is dismissed. */
  fresh: string | null;
  onDismiss: () => void;
  tokens: readonly TokenItem[];
  /** Shown when the list is empty. */
  none: string;
  /** Describes what revoking a token does. */
  consequence: string;
  creating: boolean;
  revoking: boolean;
  /** Returns whether the token was created. */
  onCreate: (token: NewToken) => Promise<boolean>;
  onRevoke: (id: string) => Promise<boolean>;
};

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: '', label: 'Never' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In 1 year' },
];

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Creates tokens, shows each once, lists and revokes them: the same for endpoints and for the account. */
export function TokenPanels(props: TokenPanelsProps) {
  const [name, setName] = useState('');
  const [days, setDays] = useState('');
  const submit = async () => {
    const expiresAt = days === '' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
    if (await props.onCreate({ name: name.trim(), expiresAt })) setName('');
  };
  return (
    <>
      <Panel title={`New ${props.noun}`} description={props.description}>
        <div className={classes.stack}>
          <form className={classes.create} onSubmit={handleSubmit(submit)}>
            <TextInput
              label={props.nameLabel ?? 'Name'}
              placeholder={props.placeholder}
              value={name}
              maxLength={80}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label="Expires"
              data={LIFETIMES}
              value={days}
              onChange={(chosen) => setDays(chosen ?? '')}
              className={classes.choice ?? ''}
            />
            {props.choices}
            {props.fields && <div className={classes.fields}>{props.fields}</div>}
            <Button type="submit" loading={props.creating} disabled={name.trim() === '' || props.isWhole === false}>
              {props.createLabel ?? 'Create token'}
            </Button>
          </form>
          {props.fresh && (
            <div className={classes.once} role="status">
              <CopyField label={props.freshLabel ?? capitalize(props.noun)} value={props.fresh} />
              <span>
                <strong>Copy it now.</strong> You won’t see it again.
              </span>
              <Button variant="default" size="compact-xs" onClick={props.onDismiss}>
                Done
              </Button>
            </div>
          )}
        </div>
      </Panel>
      <Panel title={`${capitalize(props.noun)}s`} flush>
        {props.tokens.length === 0 ? (
          <NoEntries>{props.none}</NoEntries>
        ) : (
          <TokenTable
            tokens={props.tokens}
            revoking={props.revoking}
            onRevoke={props.onRevoke}
            consequence={props.consequence}
          />
        )}
      </Panel>
    </>
  );
}
