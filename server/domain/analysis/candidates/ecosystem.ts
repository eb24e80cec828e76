import type { CandidateOptions } from '../context.ts';
import type { FileSet } from '../files/file-set.ts';
import type { AnalysisWarning, Described } from '../result.ts';
import type { OriginClaims } from './package-origin.ts';

/** The judgments on a published package that differ between indexes. */
export interface Ecosystem<Found> {
  claimsOf(found: Found): OriginClaims[];
  warningsOf(found: Found, candidateKey: string, now: Date): AnalysisWarning[];
  /** The caller decides whether the package is `verified`. */
  candidateOf(found: Found, files: FileSet, options: CandidateOptions): Described;
}
