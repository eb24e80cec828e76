import semver from 'semver';
import { closestKnownPackage } from '../registries/name-likeness.ts';
import type { NpmPackage } from '../registries/npm.ts';
import type { PypiPackage } from '../registries/pypi.ts';
import type { AnalysisWarning } from '../result.ts';
import { type OriginClaims, originFindings } from './package-origin.ts';

/** A version that is younger than this has not been looked at by many people yet. */
const RECENT_HOURS = 72;
const HOUR_MS = 3_600_000;
/** The oldest Node that machines run. */
const NODE_RANGE = '>=22';

/** Collects warnings about one candidate. */
function createCollector(candidateKey: string) {
  const warnings: AnalysisWarning[] = [];
  return {
    warnings,
    warn: (code: string, weight: AnalysisWarning['weight'], message: string): void => {
      warnings.push({ code, weight, message, candidateKey });
    },
  };
}

/** An INFO warning about a version that was published in the last three days; null for older ones. */
function recencyMessage(version: string, publishedAt: string | null, now: Date): string | null {
  const hours = publishedAt === null ? Number.NaN : (now.getTime() - Date.parse(publishedAt)) / HOUR_MS;
  if (!(hours < RECENT_HOURS)) return null;
  return hours < 24
    ? `Version ${version} was published less than a day ago.`
    : `Version ${version} was published less than ${Math.ceil(hours / 24)} days ago.`;
}

export function npmWarnings(
  found: NpmPackage,
  claims: readonly OriginClaims[],
  candidateKey: string,
  now: Date,
): AnalysisWarning[] {
  const { warnings, warn } = createCollector(candidateKey);
  if (found.deprecated !== null)
    warn('DEPRECATED', 'CAUTION', `The author has deprecated ${found.name}: ${found.deprecated.slice(0, 200)}`);
  const close = closestKnownPackage(found.name);
  if (close)
    warn('TYPO_CLOSE', 'CAUTION', `${found.name} is spelled almost like ${close}. Check that it is the right package.`);
  const recency = recencyMessage(found.version, found.publishedAt, now);
  if (recency) warn('JUST_PUBLISHED', 'INFO', recency);
  for (const one of claims) warnings.push(...originFindings(found.name, one, candidateKey).warnings);
  if (found.repository === null && found.builtFrom === null)
    warn('NO_REPOSITORY', 'INFO', 'The package does not name its source repository.');
  if (found.integrity === null) warn('NO_INTEGRITY', 'CAUTION', 'The registry has no checksum for this version.');
  const { nodeRange } = found;
  if (nodeRange !== null && semver.validRange(nodeRange) !== null && !semver.intersects(nodeRange, NODE_RANGE))
    warn('OLD_NODE', 'CAUTION', `The package requires Node ${nodeRange}, and Catwalk runs a newer version.`);
  return warnings;
}

export function pypiWarnings(found: PypiPackage, candidateKey: string, now: Date): AnalysisWarning[] {
  const { warnings, warn } = createCollector(candidateKey);
  const { name, version, publishedAt } = found;
  if (found.isYanked) warn('YANKED', 'CAUTION', `The author has withdrawn version ${version} of ${name}.`);
  const recency = recencyMessage(version, publishedAt, now);
  if (recency) warn('JUST_PUBLISHED', 'INFO', recency);
  if (found.urls.length === 0) warn('NO_REPOSITORY', 'INFO', 'The package does not name its source repository.');
  return warnings;
}
