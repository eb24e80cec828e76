import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Entry, EntryList, EntryNote } from '../../ui/data/EntryList.tsx';
import { Ago } from '../../ui/data/Times.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { LinkSubject } from './LinkSubject.tsx';
import classes from './Settings.module.css';
import { useIssuers } from './use-issuers.ts';

/** Identity providers whose assertions let clients in without a page. Only administrators see them. */
export function IdentityProviders() {
  const { issuers, trust, trusting, distrust, link, linking, unlink } = useIssuers();
  const [issuer, setIssuer] = useState('');
  const [jwksUri, setJwksUri] = useState('');
  const [audience, setAudience] = useState('');
  const [ending, setEnding] = useState<string | null>(null);
  const shown = useLastValue(ending);
  const isReady = issuer.trim() !== '' && jwksUri.trim() !== '';

  const submit = async () => {
    if (!isReady || !(await trust({ issuer, jwksUri, audience: audience.trim() || null }))) return;
    setIssuer('');
    setJwksUri('');
    setAudience('');
  };
  return (
    <>
      <Panel
        title="Identity providers"
        description="Providers that let clients in for your users, without asking each user."
      >
        <form className={classes.form} onSubmit={handleSubmit(submit)}>
          <TextInput
            label="Issuer"
            placeholder="https://idp.example.com"
            value={issuer}
            onChange={(event) => setIssuer(event.currentTarget.value)}
          />
          <TextInput
            label="Address of its public keys"
            placeholder="https://idp.example.com/keys"
            value={jwksUri}
            onChange={(event) => setJwksUri(event.currentTarget.value)}
          />
          <TextInput
            label="Audience (optional)"
            description="If the provider knows one audience for all deployments"
            value={audience}
            onChange={(event) => setAudience(event.currentTarget.value)}
          />
          <div>
            <Button type="submit" loading={trusting} disabled={!isReady}>
              Trust provider
            </Button>
          </div>
        </form>
      </Panel>
      {issuers.map((one) => (
        <Panel
          key={one.issuer}
          title={one.issuer}
          description={`Keys at ${one.jwksUri}`}
          actions={
            <Button variant="default" size="xs" onClick={() => setEnding(one.issuer)}>
              Remove provider
            </Button>
          }
        >
          <EntryList>
            {one.subjects.map(({ subject, userName, userEmail, createdAt }) => (
              <Entry
                key={subject}
                name={subject}
                beside={
                  <EntryNote>
                    {userName}, {userEmail}
                  </EntryNote>
                }
                times={
                  <span>
                    linked <Ago at={createdAt} />
                  </span>
                }
                action={
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`Unlink ${subject}`}
                    onClick={() => unlink({ issuer: one.issuer, subject })}
                  >
                    Unlink
                  </Button>
                }
              />
            ))}
          </EntryList>
          <LinkSubject linking={linking} onLink={(subject, email) => link({ issuer: one.issuer, subject }, email)} />
        </Panel>
      ))}
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={`Remove ${shown ?? ''}?`}
        confirm="Remove"
        working={false}
        onConfirm={async () => {
          if (ending) await distrust(ending);
          return null;
        }}
      >
        Clients lose at once what they were given for the users of this provider, and the links to users are deleted.
      </ConfirmDialog>
    </>
  );
}
