import { useQuery, useSubscription } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';

export const AnalysisFragment = graphql(`
  fragment Analysis_analysis on Analysis {
    id
    source
    status
    cached
    createdAt
    stages {
      stage
      state
      message
      at
    }
    failure {
      code
      message
      hint
      retryable
    }
    warnings {
      code
      message
      weight
      candidateKey
    }
    suggestions {
      ...Suggestions_suggestion
    }
    trials {
      candidateKey
      ...TrialPanel_trial
    }
    candidates {
      key
      displayName
      deployable
      blockIndex
      ...DeployServers_candidate
      ...CandidateCard_candidate
    }
  }
`);

const AnalysisDocument = graphql(`
  query Analysis($id: ID!) {
    analysis(id: $id) {
      id
      ...Analysis_analysis
    }
  }
`);

export const AnalysisProgressDocument = graphql(`
  subscription AnalysisProgress($id: ID!) {
    analysisProgress(id: $id) {
      analysis {
        id
        ...Analysis_analysis
      }
    }
  }
`);

/** Reads an analysis and keeps its stages current. */
export function useAnalysis(id: string) {
  const query = useQuery(AnalysisDocument, { variables: { id } });
  useSubscription(AnalysisProgressDocument, { variables: { id }, ignoreResults: true });
  return query;
}
