import { describeServer } from '../detect/describe-server.ts';
import { detectLocalNeed } from '../detect/local-needs.ts';
import { chooseBin, nameWords, readmeOf } from '../detect/package-facts.ts';
import type { FileSet } from '../files/file-set.ts';
import type { NpmPackage } from '../registries/npm.ts';
import type { ServerCandidate } from '../result.ts';
import type { Described } from './described.ts';
import { asLaunched, type CandidateOptions, unconfirmedWarning } from './launched-package.ts';
import { candidateBase, ownTarget } from './node-package.ts';
import { originFindings } from './package-origin.ts';
import { claimsOf, npmWarnings } from './package-warnings.ts';
import { withLocalNeed } from './with-local-need.ts';

/** The candidate of a published npm package. The caller says whether it is `verified`. */
export function npmCandidate(found: NpmPackage, files: FileSet, options: CandidateOptions): Described {
  const { name, version, integrity, bins } = found;
  const { launched } = options;
  const bin = launched?.bin ?? chooseBin(name, bins);
  const description = describeServer(files, ownTarget(name, bins), {
    ...options.more,
    nameWords: nameWords(name),
    entry: bin === undefined ? undefined : bins[bin],
  });
  const key = `npm:${name}`;
  const common = asLaunched(candidateBase(key, name, { ...found, files }, description), launched, bins);
  const origin = originFindings(name, claimsOf(found), key);
  const candidate: ServerCandidate = {
    ...common,
    notes: origin.note,
    runtime: 'npm',
    package: name,
    version,
    integrity,
    runCommand: ['npx', '-y', `${name}@${version}`, ...description.fixedArguments].join(' '),
    verified: options.verified,
    spec: common.deployable
      ? { runtime: 'npm', name, version, ...(integrity ? { integrity } : {}), ...(bin ? { bin } : {}) }
      : null,
  };
  const need = detectLocalNeed({ name, description: found.description, platforms: found.platforms, files });
  const warnings = [...unconfirmedWarning(candidate), ...npmWarnings(found, key, options.now)];
  return withLocalNeed({ candidate, warnings, readme: readmeOf(files) }, need);
}
