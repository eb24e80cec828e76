import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import type { DeployInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';

const DeployDocument = graphql(`
  mutation Deploy($input: DeployInput!) {
    deploy(input: $input) {
      __typename
      ... on DeployPayload {
        accessToken
        deployment {
          id
          databaseId
          name
        }
      }
      ...Problem_error
    }
  }
`);

export type DeployOutcome = { databaseId: string; accessToken: string | null } | { problem: UserProblem };

/** Returns a function that deploys and never throws. The new deployment enters the lists through `deploymentsChanged`. */
export function useDeploy(): (input: DeployInput) => Promise<DeployOutcome> {
  const [deploy] = useMutation(DeployDocument);
  return async (input) => {
    const outcome = await payloadOf('DeployPayload', async () => (await deploy({ variables: { input } })).data?.deploy);
    if (outcome.problem) return { problem: outcome.problem };
    const { deployment, accessToken } = outcome.payload;
    return { databaseId: deployment.databaseId, accessToken: accessToken ?? null };
  };
}
