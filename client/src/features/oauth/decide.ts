import { useMutation } from '@apollo/client/react';
import { requestProblem, type UserProblem } from '../../apollo/problem.ts';
import { graphql } from '../../generated/index.ts';

const AllowClientDocument = graphql(`
  mutation AllowClient($input: ConsentInput!) {
    allowClient(input: $input) {
      __typename
      ... on ConsentPayload {
        redirectTo
      }
      ... on UserError {
        code
        message
        hint
      }
    }
  }
`);

const DenyClientDocument = graphql(`
  mutation DenyClient($input: ConsentInput!) {
    denyClient(input: $input) {
      __typename
      ... on ConsentPayload {
        redirectTo
      }
      ... on UserError {
        code
        message
        hint
      }
    }
  }
`);

export type Asked = { deploymentId: string; query: string };

/** Tells the server what the owner decided: where the browser goes now, or why it could not be decided. */
export function useDecide(input: Asked) {
  // The answer may hold a code: it is for the client, and nobody else keeps it.
  const [allow] = useMutation(AllowClientDocument, { fetchPolicy: 'no-cache' });
  const [deny] = useMutation(DenyClientDocument, { fetchPolicy: 'no-cache' });
  return async (isAllowed: boolean): Promise<string | UserProblem> => {
    try {
      const variables = { input };
      const answer = isAllowed
        ? (await allow({ variables })).data?.allowClient
        : (await deny({ variables })).data?.denyClient;
      if (answer?.__typename === 'ConsentPayload') return answer.redirectTo;
      return answer ?? requestProblem(null);
    } catch (error) {
      return requestProblem(error);
    }
  };
}
