import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import type { ShareDeploymentInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';

graphql(`
  fragment ShareActions_payload on SharePayload {
    deployment {
      id
      ...People_deployment
    }
  }
`);

const ShareDocument = graphql(`
  mutation ShareDeployment($input: ShareDeploymentInput!) {
    shareDeployment(input: $input) {
      __typename
      ...ShareActions_payload
      ...Problem_error
    }
  }
`);

const UnshareDocument = graphql(`
  mutation UnshareDeployment($shareId: ID!) {
    unshareDeployment(shareId: $shareId) {
      __typename
      ...ShareActions_payload
      ...Problem_error
    }
  }
`);

/** Shares a deployment and ends shares; each returns its problem, or null. */
export function useShareActions() {
  const [share, sharing] = useMutation(ShareDocument);
  const [unshare, ending] = useMutation(UnshareDocument);
  return {
    isSharing: sharing.loading,
    isEnding: ending.loading,
    share: async (input: ShareDeploymentInput): Promise<UserProblem | null> => {
      const send = async () => (await share({ variables: { input } })).data?.shareDeployment;
      return (await payloadOf('SharePayload', send)).problem ?? null;
    },
    unshare: async (shareId: string): Promise<UserProblem | null> => {
      const send = async () => (await unshare({ variables: { shareId } })).data?.unshareDeployment;
      return (await payloadOf('SharePayload', send)).problem ?? null;
    },
  };
}
