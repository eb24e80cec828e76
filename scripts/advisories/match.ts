import semver from 'semver';
import type { Advisory, AdvisoryEvent, Explanations } from './advisory.ts';
import type { InstalledPackage } from './production-tree.ts';

export type Match = { advisory: Advisory; installed: InstalledPackage };

/** Lists each pair of an advisory and an installed package that it affects. A withdrawn advisory affects none. */
export function matchAdvisories(advisories: readonly Advisory[], tree: readonly InstalledPackage[]): Match[] {
  return advisories.flatMap((advisory) =>
    tree
      .filter((installed) => advisory.withdrawn === undefined && isAffected(advisory, installed))
      .map((installed) => ({ advisory, installed })),
  );
}

const isAffected = ({ affected }: Advisory, { name, version }: InstalledPackage): boolean =>
  affected.some(
    ({ package: { ecosystem, name: affectedName }, ranges = [], versions = [] }) =>
      ecosystem === 'npm' &&
      affectedName === name &&
      (versions.includes(version) ||
        ranges.some(
          ({ type, events }) =>
            type === 'SEMVER' && semver.satisfies(version, rangeOf(events), { includePrerelease: true }),
        )),
  );

/** At one version, an interval ends before the next one begins, and one that it ends with begins before. */
const ORDER = ['<', '>=', '<='];

/**
 * The range of versions that the events of an OSV range describe: each `introduced` begins an interval, the next
 * `fixed` or `last_affected` ends it, and one without an end is open.
 */
export function rangeOf(events: readonly AdvisoryEvent[]): string {
  const sorted = events
    .map(bound)
    .sort((a, b) => semver.compare(a.version, b.version) || ORDER.indexOf(a.operator) - ORDER.indexOf(b.operator));
  const intervals: string[] = [];
  for (const { operator, version } of sorted) {
    if (operator === '>=') intervals.push(`>=${version}`);
    else if (intervals.length > 0) intervals.push(`${intervals.pop()} ${operator}${version}`);
  }
  return intervals.join(' || ');
}

/** In OSV, "0" is below every version, prereleases included. */
function bound({ introduced, fixed, last_affected }: AdvisoryEvent) {
  if (introduced !== undefined) return { operator: '>=', version: introduced === '0' ? '0.0.0-0' : introduced };
  if (fixed !== undefined) return { operator: '<', version: fixed };
  if (last_affected !== undefined) return { operator: '<=', version: last_affected };
  throw new Error('An event of an advisory has none of introduced, fixed and last_affected.');
}

/** Sentences that the check fails with: matches without an explanation, and explanations without a match. */
export function findProblems(matches: readonly Match[], explanations: Explanations): string[] {
  const unexplained = matches.filter(({ advisory }) => explanations[advisory.id] === undefined);
  const matched = new Set(matches.map(({ advisory }) => advisory.id));
  return [
    ...unexplained.map(
      ({ advisory, installed }) =>
        `${installed.name} ${installed.version} is affected by ${advisory.id}: ${advisory.summary}`,
    ),
    ...Object.keys(explanations)
      .filter((id) => !matched.has(id))
      .map((id) => `security/explanations.json explains ${id}, which affects nothing in the production tree.`),
  ];
}
