import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { CreateAccessTokenInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { complain } from '../../ui/feedback/complain.ts';

const CreateAccessTokenDocument = graphql(`
  mutation CreateAccessToken($input: CreateAccessTokenInput!) {
    createAccessToken(input: $input) {
      __typename
      ... on AccessTokenPayload {
        token
        accessToken {
          id
          ...AccessTokenRow_token
        }
      }
      ... on UserError {
        message
        hint
      }
    }
  }
`);

const RevokeAccessTokenDocument = graphql(`
  mutation RevokeAccessToken($id: ID!) {
    revokeAccessToken(id: $id) {
      __typename
      ... on AccessToken {
        id
        revokedAt
      }
      ... on UserError {
        message
        hint
      }
    }
  }
`);

type StoredDeployment = { accessTokens?: readonly unknown[] };

/** Makes a token and gives it back, once: it is kept out of the cache. Null when it did not work, which is shown. */
export function useCreateAccessToken() {
  const [mutate, { loading }] = useMutation(CreateAccessTokenDocument, { fetchPolicy: 'no-cache' });
  const create = async (input: CreateAccessTokenInput): Promise<string | null> => {
    const answer = await payloadOf('AccessTokenPayload', async () => {
      const { data } = await mutate({
        variables: { input },
        update: (cache, { data }) => {
          const made = data?.createAccessToken;
          if (made?.__typename !== 'AccessTokenPayload') return;
          cache.modify<StoredDeployment>({
            id: cache.identify({ __typename: 'Deployment', id: input.deploymentId }) ?? '',
            // Its row is read again from the server: the answer was kept out of the cache.
            fields: { accessTokens: (_tokens, { DELETE }) => DELETE },
          });
        },
      });
      return data?.createAccessToken;
    });
    if (!answer.problem) return answer.payload.token;
    complain(answer.problem);
    return null;
  };
  return { create, creating: loading };
}

export function useRevokeAccessToken() {
  const [mutate, { loading }] = useMutation(RevokeAccessTokenDocument);
  const revoke = async (id: string): Promise<boolean> => {
    const { problem } = await payloadOf('AccessToken', async () => {
      const { data } = await mutate({
        variables: { id },
        update: (cache, { data }) => {
          if (data?.revokeAccessToken.__typename !== 'AccessToken') return;
          cache.evict({ id: cache.identify({ __typename: 'AccessToken', id: data.revokeAccessToken.id }) ?? '' });
        },
      });
      return data?.revokeAccessToken;
    });
    if (problem) complain(problem);
    return !problem;
  };
  return { revoke, revoking: loading };
}
