import { useMutation } from '@apollo/client/react';
import { requestProblem, type UserProblem } from '../../apollo/problem.ts';
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
      ... on UserError {
        code
        message
        hint
        retryable
      }
      ... on InvalidInputError {
        fields {
          field
          message
        }
      }
    }
  }
`);

export type DeployOutcome =
  | { databaseId: string; accessToken: string | null }
  | { problem: UserProblem; fields: readonly { field: string; message: string }[] };

/** Deploys; it never throws. The new deployment enters the lists through `deploymentsChanged`. */
export function useDeploy() {
  const [deploy, { loading }] = useMutation(DeployDocument);
  const run = async (input: DeployInput): Promise<DeployOutcome> => {
    try {
      const { data } = await deploy({ variables: { input } });
      const result = data?.deploy;
      if (!result) return { problem: requestProblem(null), fields: [] };
      if (result.__typename === 'DeployPayload') {
        return { databaseId: result.deployment.databaseId, accessToken: result.accessToken ?? null };
      }
      return { problem: result, fields: result.__typename === 'InvalidInputError' ? result.fields : [] };
    } catch (error) {
      return { problem: requestProblem(error), fields: [] };
    }
  };
  return { deploy: run, deploying: loading };
}
