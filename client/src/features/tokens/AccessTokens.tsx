import { useQuery } from '@apollo/client/react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { useCreateAccessToken, useRevokeAccessToken } from './access-tokens.ts';
import { useFreshTokens } from './fresh-tokens.ts';
import { TokenPanels } from './TokenPanels.tsx';

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

/** A call tells nobody that it came: when a token was last used is asked for while it is looked at. */
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
  return (
    <TokenPanels
      noun="token"
      description="One for each client, named after it, so that each can be revoked alone."
      placeholder="Cursor on my laptop"
      fresh={fresh.tokens.get(deployment.databaseId) ?? null}
      tokens={tokens}
      none={
        deployment.access === 'PUBLIC'
          ? 'No tokens, and none needed: the endpoint is public.'
          : 'No tokens: nobody can call the endpoint with one.'
      }
      consequence="Clients that use it are refused at once, and their open streams end. It cannot be undone; make another one instead."
      creating={creating}
      revoking={revoking}
      onCreate={async (token) => {
        const made = await create({ deploymentId: deployment.id, ...token });
        if (made) fresh.keep(deployment.databaseId, made);
        return made !== null;
      }}
      onRevoke={revoke}
    />
  );
}
