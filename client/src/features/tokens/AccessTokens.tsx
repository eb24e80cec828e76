import { useQuery } from '@apollo/client/react';
import { Select } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { isEnough } from '../personal/is-enough.ts';
import { PersonalFields } from '../personal/PersonalFields.tsx';
import { type TypedValues, valuesOf } from '../personal/personal.ts';
import { useCreateAccessToken, useRevokeAccessToken } from './access-tokens.ts';
import { useFreshTokens } from './fresh-tokens.ts';
import { TokenPanels } from './TokenPanels.tsx';
import classes from './Tokens.module.css';

export const AccessTokenRowFragment = graphql(`
  fragment AccessTokenRow_token on AccessToken {
    id
    name
    prefix
    createdAt
    lastUsedAt
    expiresAt
    view {
      id
      name
    }
  }
`);

export const AccessTokensFragment = graphql(`
  fragment AccessTokens_deployment on Deployment {
    id
    databaseId
    access
    personalFields
    credentialFields {
      name
      required
      group
      together
      ...PersonalFields_field
    }
    views {
      id
      name
    }
    accessTokens {
      id
      ...AccessTokenRow_token
    }
  }
`);

const AccessTokensDocument = graphql(`
  query AccessTokens($id: ID!) {
    deployment(id: $id) {
      id
      accessTokens {
        id
        ...AccessTokenRow_token
      }
    }
  }
`);

/** Calls publish no event: the last use of each token is polled while the page is visible. */
const REFRESH_MS = 5_000;

/** Tokens for the endpoint of one deployment. */
export function AccessTokens(props: { deployment: FragmentType<typeof AccessTokensFragment> }) {
  const deployment = readFragment(AccessTokensFragment, props.deployment);
  const tokens = readFragment(AccessTokenRowFragment, deployment.accessTokens);
  useQuery(AccessTokensDocument, {
    variables: { id: deployment.databaseId },
    fetchPolicy: 'network-only',
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const { create, creating } = useCreateAccessToken();
  const { revoke, revoking } = useRevokeAccessToken();
  const fresh = useFreshTokens();
  const [typed, setTyped] = useState<TypedValues>({});
  const [view, setView] = useState('');
  const personal = deployment.credentialFields.filter(({ name }) => deployment.personalFields.includes(name));
  const values = valuesOf(typed).filter(({ name }) => deployment.personalFields.includes(name));
  return (
    <TokenPanels
      noun="token"
      description="Create one per client, so that you can revoke each on its own."
      placeholder="Cursor on my laptop"
      choices={
        deployment.views.length > 0 && (
          <Select
            label="Sees"
            data={[{ value: '', label: 'Whole server' }, ...deployment.views.map(({ name }) => name)]}
            value={view}
            onChange={(chosen) => setView(chosen ?? '')}
            allowDeselect={false}
            className={classes.choice ?? ''}
          />
        )
      }
      fields={
        personal.length > 0 && (
          <>
            <p>Calls with this token are made with these keys. They are encrypted, and deleted when you revoke it.</p>
            <PersonalFields fields={personal} typed={typed} onChange={setTyped} />
          </>
        )
      }
      isWhole={isEnough(
        personal,
        values.map(({ name }) => name),
      )}
      fresh={fresh.tokens.get(deployment.databaseId) ?? null}
      onDismiss={() => fresh.forget(deployment.databaseId)}
      tokens={tokens.map((token) => ({ ...token, note: token.view ? `view ${token.view.name}` : undefined }))}
      none={deployment.access === 'PUBLIC' ? 'No tokens. The endpoint is public and needs none.' : 'No tokens yet.'}
      consequence="Clients with this token are refused at once, and their open streams end. This cannot be undone."
      creating={creating}
      revoking={revoking}
      onCreate={async (token) => {
        const created = await create({ deploymentId: deployment.id, ...token, values, view: view || null });
        if (created) {
          fresh.keep(deployment.databaseId, created);
          setTyped({});
        }
        return created !== null;
      }}
      onRevoke={revoke}
    />
  );
}
