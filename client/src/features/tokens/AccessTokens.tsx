import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { useCreateAccessToken, useRevokeAccessToken } from './access-tokens.ts';
import { useFreshTokens } from './fresh-tokens.ts';
import classes from './Tokens.module.css';
import { TokenTable } from './TokenTable.tsx';

export const AccessTokenRowFragment = graphql(`
  fragment AccessTokenRow_token on AccessToken {
    id
    name
    prefix
    createdAt
    lastUsedAt
    expiresAt
  }
`);

export const AccessTokensFragment = graphql(`
  fragment AccessTokens_deployment on Deployment {
    id
    databaseId
    access
    accessTokens {
      id
      ...AccessTokenRow_token
    }
  }
`);

export function AccessTokens(props: { deployment: FragmentType<typeof AccessTokensFragment> }) {
  const deployment = readFragment(AccessTokensFragment, props.deployment);
  const tokens = readFragment(AccessTokenRowFragment, deployment.accessTokens);
  const { create, creating } = useCreateAccessToken();
  const { revoke, revoking } = useRevokeAccessToken();
  const fresh = useFreshTokens();
  const [name, setName] = useState('');
  const token = fresh.tokens.get(deployment.databaseId);

  const submit = async () => {
    const made = await create({ deploymentId: deployment.id, name: name.trim() });
    if (!made) return;
    fresh.keep(deployment.databaseId, made);
    setName('');
  };

  return (
    <>
      <Panel title="New token" description="One for each client, named after it, so that each can be revoked alone.">
        <div className={classes.stack}>
          <form
            className={classes.create}
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
          >
            <TextInput
              label="Name"
              placeholder="Cursor on my laptop"
              value={name}
              maxLength={80}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" loading={creating} disabled={name.trim() === ''}>
              Make token
            </Button>
          </form>
          {token && (
            <div className={classes.once} role="status">
              <CopyField label="Token" value={token} />
              <span>
                <strong>Shown this once.</strong> Catwalk keeps only its hash.
              </span>
            </div>
          )}
        </div>
      </Panel>
      <Panel title="Tokens" flush>
        {tokens.length === 0 ? (
          <div className={classes.empty}>
            {deployment.access === 'PUBLIC'
              ? 'No tokens, and none needed: the endpoint is public.'
              : 'No tokens: nobody can call the endpoint with one.'}
          </div>
        ) : (
          <TokenTable
            tokens={tokens}
            revoking={revoking}
            onRevoke={revoke}
            consequence="Clients that use it are refused at once, and their open streams end. It cannot be undone; make another one instead."
          />
        )}
      </Panel>
    </>
  );
}
