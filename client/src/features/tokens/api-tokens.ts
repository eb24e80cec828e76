import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { CreateApiTokenInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { notifyProblem } from '../../ui/feedback/notify.ts';

const CreateApiTokenDocument = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      __typename
      ... on ApiTokenPayload {
        token
      }
      ...Problem_error
    }
  }
`);

const RevokeApiTokenDocument = graphql(`
  mutation RevokeApiToken($id: ID!) {
    revokeApiToken(id: $id) {
      __typename
      ... on ApiToken {
        id
      }
      ...Problem_error
    }
  }
`);

/** Creates and revokes tokens of the account. A new token is returned once and kept out of the cache. */
export function useApiTokens(onChanged: () => Promise<unknown>) {
  const [createToken, { loading: creating }] = useMutation(CreateApiTokenDocument, { fetchPolicy: 'no-cache' });
  const [revokeToken, { loading: revoking }] = useMutation(RevokeApiTokenDocument);

  const create = async (input: CreateApiTokenInput): Promise<string | null> => {
    const outcome = await payloadOf(
      'ApiTokenPayload',
      async () => (await createToken({ variables: { input } })).data?.createApiToken,
    );
    if (outcome.problem) notifyProblem(outcome.problem);
    else await onChanged();
    return outcome.problem ? null : outcome.payload.token;
  };
  const revoke = async (id: string): Promise<boolean> => {
    const { problem } = await payloadOf(
      'ApiToken',
      async () => (await revokeToken({ variables: { id } })).data?.revokeApiToken,
    );
    if (problem) notifyProblem(problem);
    else await onChanged();
    return !problem;
  };
  return { create, creating, revoke, revoking };
}
