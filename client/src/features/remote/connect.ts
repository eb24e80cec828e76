import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import { graphql } from '../../generated/index.ts';

const ConnectRemoteDocument = graphql(`
  mutation ConnectRemote($input: ConnectRemoteInput!) {
    connectRemote(input: $input) {
      __typename
      ... on ConnectRemotePayload {
        authorizationUrl
      }
      ...Problem_error
    }
  }
`);

export type RemoteClient = { clientId: string; clientSecret: string };

/**
 * Begins a sign-in at the authorization server of a remote server and opens its page; the browser comes back to the
 * page of the deployment. Returns the problem if it cannot begin.
 */
export function useConnectRemote(deploymentId: string) {
  const [begin, { loading }] = useMutation(ConnectRemoteDocument, { fetchPolicy: 'no-cache' });
  const connect = async ({ clientId, clientSecret }: RemoteClient): Promise<UserProblem | null> => {
    const client = clientId.trim() === '' ? {} : { clientId: clientId.trim(), clientSecret: clientSecret.trim() };
    const outcome = await payloadOf(
      'ConnectRemotePayload',
      async () => (await begin({ variables: { input: { deploymentId, ...client } } })).data?.connectRemote,
    );
    if (outcome.problem) return outcome.problem;
    window.location.assign(outcome.payload.authorizationUrl);
    return null;
  };
  return { connect, connecting: loading };
}
