import type { ArgumentField, CandidateLaunch, CredentialField } from '../analysis/result.ts';

/** The part of a candidate, and of a deployment, that a start can teach something about. */
export type LearnedForm = {
  credentials: CredentialField[];
  arguments: ArgumentField[];
  fixedArguments: string[];
  launch?: CandidateLaunch;
};
