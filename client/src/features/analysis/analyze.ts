import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import { graphql } from '../../generated/index.ts';

const AnalyzeDocument = graphql(`
  mutation Analyze($input: AnalyzeInput!) {
    analyze(input: $input) {
      __typename
      ... on Analysis {
        id
      }
      ...Problem_error
    }
  }
`);

export type AnalyzeOutcome = { analysisId: string } | { problem: UserProblem };

/** Starts an analysis, or finds a cached one; it never throws. */
export function useAnalyze() {
  const [analyze, { loading }] = useMutation(AnalyzeDocument);
  const run = async (source: string, refresh = false): Promise<AnalyzeOutcome> => {
    const outcome = await payloadOf(
      'Analysis',
      async () => (await analyze({ variables: { input: { source, refresh } } })).data?.analyze,
    );
    return outcome.problem ? { problem: outcome.problem } : { analysisId: outcome.payload.id };
  };
  return { analyze: run, analyzing: loading };
}
