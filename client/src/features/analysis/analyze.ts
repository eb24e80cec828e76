import { useMutation } from '@apollo/client/react';
import { requestProblem, type UserProblem } from '../../apollo/problem.ts';
import { graphql } from '../../generated/index.ts';

const AnalyzeDocument = graphql(`
  mutation Analyze($input: AnalyzeInput!) {
    analyze(input: $input) {
      __typename
      ... on Analysis {
        id
      }
      ... on UserError {
        code
        message
        hint
        retryable
      }
    }
  }
`);

export type AnalyzeOutcome = { analysisId: string } | { problem: UserProblem };

/** Starts an analysis, or finds a cached one; it never throws. */
export function useAnalyze() {
  const [analyze, { loading }] = useMutation(AnalyzeDocument);
  const run = async (source: string, refresh = false): Promise<AnalyzeOutcome> => {
    try {
      const { data } = await analyze({ variables: { input: { source, refresh } } });
      const result = data?.analyze;
      if (!result) return { problem: requestProblem(null) };
      return result.__typename === 'Analysis' ? { analysisId: result.id } : { problem: result };
    } catch (error) {
      return { problem: requestProblem(error) };
    }
  };
  return { analyze: run, analyzing: loading };
}
