import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import { graphql } from '../../generated/index.ts';
import { usePastedText } from '../deploy/pasted-text.ts';

const AnalyzeDocument = graphql(`
  mutation Analyze($input: AnalyzeInput!, $source: String!) {
    analyze(input: $input) {
      __typename
      ... on Analysis {
        id
        pastedSecrets(source: $source)
      }
      ...Problem_error
    }
  }
`);

export type AnalyzeOutcome = { analysisId: string } | { problem: UserProblem };

/** Starts an analysis, or finds a cached one; it never throws. The text is kept in this tab as it was typed. */
export function useAnalyze() {
  // not cached: the text may hold secrets
  const [analyze, { loading }] = useMutation(AnalyzeDocument, { fetchPolicy: 'no-cache' });
  const pasted = usePastedText();
  const run = async (source: string, refresh = false): Promise<AnalyzeOutcome> => {
    const outcome = await payloadOf(
      'Analysis',
      async () => (await analyze({ variables: { input: { source, refresh }, source } })).data?.analyze,
    );
    if (outcome.problem) return { problem: outcome.problem };
    const { id, pastedSecrets } = outcome.payload;
    pasted.keep(id, { text: source, secrets: pastedSecrets });
    return { analysisId: id };
  };
  return { analyze: run, analyzing: loading };
}
