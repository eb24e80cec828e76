import { useMutation } from '@apollo/client/react';
import { requestProblem } from '../../apollo/problem.ts';
import type { CreateApiTokenInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { complain } from '../../ui/complain.ts';

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
    try {
      const result = (await makeToken({ variables: { input } })).data?.createApiToken;
      if (result?.__typename === 'ApiTokenPayload') {
        await onChanged();
        return result.token;
      }
      complain(result ?? requestProblem(null));
    } catch (error) {
      complain(requestProblem(error));
    }
    return null;
  };
  const revoke = async (id: string): Promise<boolean> => {
    try {
      const result = (await endToken({ variables: { id } })).data?.revokeApiToken;
      if (result?.__typename === 'ApiToken') {
        await onChanged();
        return true;
      }
      complain(result ?? requestProblem(null));
    } catch (error) {
      complain(requestProblem(error));
    }
    return false;
  };
  return { create, creating, revoke, revoking };
}
