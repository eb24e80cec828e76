import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { CreateAccessTokenInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { notifyProblem } from '../../ui/feedback/notify.ts';

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
      ...Problem_error
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
      ...Problem_error
    }
  }
`);

type StoredDeployment = { accessTokens?: readonly unknown[] };

/** Creates a token and returns it once; the cache never holds it. Null after a failure, which shows as a toast. */
export function useCreateAccessToken() {
  const [mutate, { loading }] = useMutation(CreateAccessTokenDocument, { fetchPolicy: 'no-cache' });
  const create = async (input: CreateAccessTokenInput): Promise<string | null> => {
    const outcome = await payloadOf('AccessTokenPayload', async () => {
      const { data } = await mutate({
        variables: { input },
        update: (cache, { data }) => {
          const created = data?.createAccessToken;
          if (created?.__typename !== 'AccessTokenPayload') return;
          cache.modify<StoredDeployment>({
            id: cache.identify({ __typename: 'Deployment', id: input.deploymentId }) ?? '',
            // The row is read again from the server: the cache does not hold the response.
            fields: { accessTokens: (_tokens, { DELETE }) => DELETE },
          });
        },
      });
      return data?.createAccessToken;
    });
    if (!outcome.problem) return outcome.payload.token;
    notifyProblem(outcome.problem);
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
    if (problem) notifyProblem(problem);
    return !problem;
  };
  return { revoke, revoking: loading };
}
