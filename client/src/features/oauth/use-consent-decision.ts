import { useMutation } from '@apollo/client/react';
import { type MutationOutcome, payloadOf } from '../../apollo/payload.ts';
import { graphql } from '../../generated/index.ts';

const AllowClientDocument = graphql(`
  mutation AllowClient($input: ConsentInput!) {
    allowClient(input: $input) {
      __typename
      ... on ConsentPayload {
        redirectTo
      }
      ...Problem_error
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
      ...Problem_error
    }
  }
`);

/** The request of an OAuth client, as the consent page's address carries it. */
export type ConsentInput = { deploymentId: string; view: string | null; query: string };

/** Sends the owner's decision and returns where the browser goes next, or the problem. */
export function useConsentDecision(input: ConsentInput) {
  // The response may hold an authorization code, which only the client may keep: no cache stores it.
  const [allow] = useMutation(AllowClientDocument, { fetchPolicy: 'no-cache' });
  const [deny] = useMutation(DenyClientDocument, { fetchPolicy: 'no-cache' });
  const variables = { input };
  return (isAllowed: boolean): Promise<MutationOutcome<{ redirectTo: string }>> =>
    payloadOf('ConsentPayload', async () =>
      isAllowed ? (await allow({ variables })).data?.allowClient : (await deny({ variables })).data?.denyClient,
    );
}
