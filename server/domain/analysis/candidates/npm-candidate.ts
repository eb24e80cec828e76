import type { CandidateOptions } from '../context.ts';
import { describeServer } from '../detect/describe-server.ts';
import { detectLocalNeed } from '../detect/local-needs.ts';
import { chooseBin, nameWords, readmeOf } from '../detect/package-facts.ts';
import { type FileSet, withoutOtherBundles } from '../files/file-set.ts';
import type { NpmPackage } from '../registries/npm.ts';
import type { Described, ServerCandidate } from '../result.ts';
import { PACKAGE_INDEXES } from '../source/package-indexes.ts';
import { builtNamesWarning } from './built-names-warning.ts';
import type { Ecosystem } from './ecosystem.ts';
import { asLaunched, unconfirmedWarning, withoutForm } from './launched-package.ts';
import { candidateBase, ownTarget } from './node-package.ts';
import { attestationNote, type OriginClaims } from './package-origin.ts';
import { publishedSpec, servedOver } from './package-spec.ts';
import { npmWarnings } from './package-warnings.ts';
import { withLocalNeed } from './with-local-need.ts';

/** The claims of its manifest and of its attestation. */
const claimsOf = ({ repository, mcpName, builtFrom }: NpmPackage): OriginClaims[] => [
  { repository: repository?.url ?? null, mcpName, builtFrom },
];

/** The candidate of a published npm package. */
export function npmCandidate(found: NpmPackage, all: FileSet, options: CandidateOptions): Described {
  const { name, version, integrity, bins } = found;
  const { launched } = options;
  const bin = launched?.bin ?? chooseBin(name, bins);
  const entry = bin === undefined ? undefined : bins[bin];
  const files = withoutOtherBundles(all, entry);
  const description = describeServer(files, ownTarget(name, bins), {
    ...options.more,
    nameWords: nameWords(name),
    entry,
  });
  const key = `npm:${name}`;
  const common = withoutForm(
    asLaunched(candidateBase(key, name, { ...found, files, entry }, description), launched, bins),
  );
  const candidate: ServerCandidate = {
    ...common,
    notes: attestationNote(name, claimsOf(found), key),
    runtime: 'npm',
    package: name,
    version,
    integrity,
    runCommand: [...PACKAGE_INDEXES.npm.runner, `${name}@${version}`, ...description.fixedArguments].join(' '),
    verified: options.verified,
    weight: { dependencies: found.dependencies.length, installMs: null },
    spec: common.deployable ? servedOver(publishedSpec(found, bin), description.http) : null,
  };
  const need = detectLocalNeed({ name, description: found.description, platforms: found.platforms, files });
  const warnings = [
    ...unconfirmedWarning(candidate),
    ...builtNamesWarning(description.builtNames, key),
    ...npmWarnings(found, claimsOf(found), key, options.now),
  ];
  return withLocalNeed({ candidate, warnings, readme: readmeOf(files) }, need);
}

export const npm: Ecosystem<NpmPackage> = {
  claimsOf,
  warningsOf: (found, key, now) => npmWarnings(found, claimsOf(found), key, now),
  candidateOf: npmCandidate,
};
