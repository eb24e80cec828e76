import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import type { DefinitionPolicy } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';

const ApproveDocument = graphql(`
  mutation ApproveDefinitions($input: ApproveDefinitionsInput!) {
    approveDefinitions(input: $input) {
      __typename
      ... on Deployment {
        id
        ...DefinitionChanges_deployment
      }
      ...Problem_error
    }
  }
`);

const PolicyDocument = graphql(`
  mutation SetDefinitionPolicy($id: ID!, $policy: DefinitionPolicy!) {
    setDefinitionPolicy(id: $id, policy: $policy) {
      __typename
      ... on Deployment {
        id
        ...DefinitionChanges_deployment
      }
      ...Problem_error
    }
  }
`);

/** Approves changes and chooses what happens to later ones; each returns its problem, or null. */
export function useDefinitionActions(id: string) {
  const [approve, approving] = useMutation(ApproveDocument);
  const [setPolicy, choosing] = useMutation(PolicyDocument);
  return {
    isApproving: approving.loading,
    isChoosing: choosing.loading,
    /** `key` names the changes that the person looks at. */
    approve: async (key: string): Promise<UserProblem | null> => {
      const send = async () => (await approve({ variables: { input: { id, key } } })).data?.approveDefinitions;
      return (await payloadOf('Deployment', send)).problem ?? null;
    },
    choose: async (policy: DefinitionPolicy): Promise<UserProblem | null> => {
      const send = async () => (await setPolicy({ variables: { id, policy } })).data?.setDefinitionPolicy;
      return (await payloadOf('Deployment', send)).problem ?? null;
    },
  };
}
