import type { CandidateOptions } from '../context.ts';
import type { FileSet } from '../files/file-set.ts';
import type { PublishedPackage } from '../registries/indexed-package.ts';
import type { AnalysisWarning, Described } from '../result.ts';
import type { IndexName } from '../source/package-indexes.ts';
import type { Ecosystem } from './ecosystem.ts';
import { npm } from './npm-candidate.ts';
import type { OriginClaims } from './package-origin.ts';
import { pypi } from './pypi-candidate.ts';

/** A package is judged by the ecosystem of its own `runtime`. */
const ECOSYSTEMS: Record<IndexName, Ecosystem<PublishedPackage>> = { npm, pypi };

export const claimsOf = (found: PublishedPackage): OriginClaims[] => ECOSYSTEMS[found.runtime].claimsOf(found);

export const packageWarnings = (found: PublishedPackage, candidateKey: string, now: Date): AnalysisWarning[] =>
  ECOSYSTEMS[found.runtime].warningsOf(found, candidateKey, now);

export const packageCandidate = (found: PublishedPackage, files: FileSet, options: CandidateOptions): Described =>
  ECOSYSTEMS[found.runtime].candidateOf(found, files, options);
