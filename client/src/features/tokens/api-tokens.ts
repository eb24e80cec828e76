import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { CreateApiTokenInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { complain } from '../../ui/feedback/complain.ts';

const CreateApiTokenDocument = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      __typename
      ... on ApiTokenPayload {
        token
      }
      ... on UserError {
        message
        hint
      }
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
      ... on UserError {
        message
        hint
      }
    }
  }
`);

/** Makes and ends tokens of the account. A new one is given back once and kept out of the cache; problems are shown. */
export function useApiTokens(onChanged: () => Promise<unknown>) {
  const [makeToken, { loading: creating }] = useMutation(CreateApiTokenDocument, { fetchPolicy: 'no-cache' });
  const [endToken, { loading: revoking }] = useMutation(RevokeApiTokenDocument);

  const create = async (input: CreateApiTokenInput): Promise<string | null> => {
    const answer = await payloadOf(
      'ApiTokenPayload',
      async () => (await makeToken({ variables: { input } })).data?.createApiToken,
    );
    if (answer.problem) complain(answer.problem);
    else await onChanged();
    return answer.problem ? null : answer.payload.token;
  };
  const revoke = async (id: string): Promise<boolean> => {
    const { problem } = await payloadOf(
      'ApiToken',
      async () => (await endToken({ variables: { id } })).data?.revokeApiToken,
    );
    if (problem) complain(problem);
    else await onChanged();
    return !problem;
  };
  return { create, creating, revoke, revoking };
}
