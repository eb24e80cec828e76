import type { AnalysisWarning, ServerCandidate } from '../result.ts';

/** One candidate as it was read from its files. */
export type Described = {
  candidate: ServerCandidate;
  warnings: AnalysisWarning[];
  /** The documents that the candidate was read from, for the language model. */
  readme?: string;
};
