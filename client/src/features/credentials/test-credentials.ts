import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import { graphql } from '../../generated/index.ts';
import { notifyProblem } from '../../ui/feedback/notify.ts';

const TestCredentialsDocument = graphql(`
  mutation TestCredentials($id: ID!) {
    testCredentials(id: $id) {
      __typename
      ... on Deployment {
        id
        doubt
        credentialTest {
          at
          outcome
          tool
          message
        }
      }
      ...Problem_error
    }
  }
`);

/** Tests the credentials of a deployment; the cache receives the outcome, and a problem shows as a toast. */
export function useTestCredentials(id: string) {
  const [mutate, { loading }] = useMutation(TestCredentialsDocument, { variables: { id } });
  const test = async (): Promise<void> => {
    const { problem } = await payloadOf('Deployment', async () => (await mutate()).data?.testCredentials);
    if (problem) notifyProblem(problem);
  };
  return { test, testing: loading };
}
