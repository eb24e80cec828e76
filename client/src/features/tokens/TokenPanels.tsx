import { Button, Select, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { NoEntries } from '../../ui/data/EntryList.tsx';
import { CopyField } from '../../ui/inputs/CopyField.tsx';
import { submitting } from '../../ui/inputs/submitting.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Tokens.module.css';
import { type TokenItem, TokenTable } from './TokenTable.tsx';

export type NewToken = { name: string; expiresAt: string | null };

type TokenPanelsProps = {
  /** What these tokens are called, such as `token`. */
  noun: string;
  description: ReactNode;
  placeholder: string;
  /** Further choices of the form. */
  choices?: ReactNode;
  /** The token that was just made: shown this once. */
  fresh: string | null;
  tokens: readonly TokenItem[];
  /** What is said where there are none. */
  none: string;
  /** What ends with a token, in one sentence. */
  consequence: string;
  creating: boolean;
  revoking: boolean;
  /** Whether one was made. */
  onCreate: (token: NewToken) => Promise<boolean>;
  onRevoke: (id: string) => Promise<boolean>;
};

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: '', label: 'Never' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
];

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Makes tokens, shows each once, lists them and ends them: the same for endpoints and for the account. */
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
          <form className={classes.create} onSubmit={submitting(submit)}>
            <TextInput
              label="Name"
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
            <Button type="submit" loading={props.creating} disabled={name.trim() === ''}>
              Make token
            </Button>
          </form>
          {props.fresh && (
            <div className={classes.once} role="status">
              <CopyField label={capitalised(props.noun)} value={props.fresh} />
              <span>
                <strong>Shown this once.</strong> Catwalk keeps only its hash.
              </span>
            </div>
          )}
        </div>
      </Panel>
      <Panel title={`${capitalised(props.noun)}s`} flush>
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
