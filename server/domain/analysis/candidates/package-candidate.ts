import type { CandidateOptions } from '../context.ts';
import type { FileSet } from '../files/file-set.ts';
import type { PublishedPackage } from '../registries/indexed-package.ts';
import type { Described } from '../result.ts';
import { npmCandidate } from './npm-candidate.ts';
import { pypiCandidate } from './pypi-candidate.ts';

/** The candidate of a published package. The caller decides whether it is `verified`. */
export function packageCandidate(found: PublishedPackage, files: FileSet, options: CandidateOptions): Described {
  switch (found.runtime) {
    case 'npm':
      return npmCandidate(found, files, options);
    case 'pypi':
      return pypiCandidate(found, files, options);
  }
}
