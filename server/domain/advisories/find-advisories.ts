import { compare as comparePython, valid as isPep440 } from '@renovatebot/pep440';
import semver from 'semver';
import type { InstalledPackage } from '#deploy/host/contract.ts';
import type { OsvAdvisory, OsvAffected } from './osv.ts';

export const SEVERITIES = ['CRITICAL', 'HIGH', 'MODERATE', 'LOW', 'UNKNOWN'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** An advisory that a deployed server is affected by. */
export type Advisory = {
  /** As its database names it, such as GHSA-…. */
  id: string;
  aliases: string[];
  summary: string;
  url: string | null;
  severity: Severity;
  package: string;
  version: string;
  /** The lowest version above the installed one without the fault; null where none is known. */
  fixed: string | null;
};

/** Below zero if `a` comes before `b`; null for a version that the ecosystem does not know. */
type Compare = (a: string, b: string) => number | null;

const COMPARE: Readonly<Record<InstalledPackage['ecosystem'], Compare>> = {
  npm: (a, b) => {
    const [one, other] = [semver.parse(a, { loose: true }), semver.parse(b, { loose: true })];
    return one && other ? semver.compare(one, other) : null;
  },
  PyPI: (a, b) => (isPep440(a) !== null && isPep440(b) !== null ? comparePython(a, b) : null),
};

/** Names of PyPI are equal in several spellings (PEP 503). */
export const packageKey = (ecosystem: string, name: string): string =>
  ecosystem === 'PyPI' ? `PyPI ${name.toLowerCase().replace(/[-_.]+/g, '-')}` : `${ecosystem} ${name}`;

type Hit = { fixed: string | null };

/** Reports whether a range of events holds the version (OSV, "affected[].ranges[].events"); null if it does not. */
function inRange(version: string, events: OsvAffected['ranges'][number]['events'], compare: Compare): Hit | null {
  const order = (bound: string): number | null => (bound === '0' ? 1 : compare(version, bound));
  let isAffected = false;
  const fixes: string[] = [];
  for (const { introduced, fixed, last_affected: last } of events) {
    if (introduced !== undefined && (order(introduced) ?? -1) >= 0) isAffected = true;
    if (fixed !== undefined) {
      if ((order(fixed) ?? -1) >= 0) isAffected = false;
      else fixes.push(fixed);
    }
    if (last !== undefined && (order(last) ?? -1) > 0) isAffected = false;
  }
  if (!isAffected) return null;
  const [lowest = null] = fixes.sort((a, b) => compare(a, b) ?? 0);
  return { fixed: lowest };
}

/** The events of a range in the order of their versions: databases write them in any. */
const ordered = (events: OsvAffected['ranges'][number]['events'], compare: Compare) => {
  const boundOf = (event: (typeof events)[number]) => event.introduced ?? event.fixed ?? event.last_affected ?? '0';
  return [...events].sort((a, b) => {
    const [one, other] = [boundOf(a), boundOf(b)];
    if (one === other) return 0;
    return one === '0' ? -1 : other === '0' ? 1 : (compare(one, other) ?? 0);
  });
};

function hitOf(affected: OsvAffected, installed: InstalledPackage): Hit | null {
  const compare = COMPARE[installed.ecosystem];
  for (const { type, events } of affected.ranges) {
    if (type !== 'SEMVER' && type !== 'ECOSYSTEM') continue; // commits of a repository say nothing about a package
    const hit = inRange(installed.version, ordered(events, compare), compare);
    if (hit !== null) return hit;
  }
  return affected.versions.includes(installed.version) ? { fixed: null } : null;
}

const severityOf = (advisory: OsvAdvisory, affected: OsvAffected): Severity => {
  const given = (affected.database_specific?.severity ?? advisory.database_specific?.severity ?? '').toUpperCase();
  if (given === 'MEDIUM') return 'MODERATE';
  return SEVERITIES.find((severity) => severity === given) ?? 'UNKNOWN';
};

export const isWebAddress = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url);

const SUMMARY_CHARACTERS_MAX = 300;

/** The advisories that installed packages are affected by, the gravest first. Withdrawn ones do not count. */
export function findAdvisories(installed: readonly InstalledPackage[], advisories: Iterable<OsvAdvisory>): Advisory[] {
  const byName = Map.groupBy(installed, ({ ecosystem, name }) => packageKey(ecosystem, name));
  const found = new Map<string, Advisory>();
  for (const advisory of advisories) {
    if (advisory.withdrawn !== undefined) continue;
    for (const affected of advisory.affected) {
      const { ecosystem, name } = affected.package;
      for (const one of byName.get(packageKey(ecosystem, name)) ?? []) {
        const hit = hitOf(affected, one);
        const key = `${advisory.id} ${one.name} ${one.version}`;
        if (hit === null || found.has(key)) continue;
        found.set(key, {
          id: advisory.id,
          aliases: advisory.aliases,
          summary: (advisory.summary || advisory.details).slice(0, SUMMARY_CHARACTERS_MAX),
          url: advisory.references.map(({ url }) => url).find(isWebAddress) ?? null,
          severity: severityOf(advisory, affected),
          package: one.name,
          version: one.version,
          fixed: hit.fixed,
        });
      }
    }
  }
  return [...found.values()].sort(byGravity);
}

export const byGravity = (a: Advisory, b: Advisory): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  a.package.localeCompare(b.package) ||
  a.id.localeCompare(b.id);
