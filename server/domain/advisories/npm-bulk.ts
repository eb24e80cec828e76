import semver from 'semver';
import { z } from 'zod';
import type { InstalledPackage } from '#deploy/host/contract.ts';
import { readBounded } from '#deploy/read-bounded.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { type Advisory, byGravity, isWebAddress, SEVERITIES } from './find-advisories.ts';

const ASK_MS_MAX = 30_000;
const PACKAGES_MAX = 5_000;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** The answer of npm's bulk endpoint: for each package the advisories about the versions that were asked for. */
const bulkSchema = z.record(
  z.string(),
  z.array(
    z.object({
      id: z.number(),
      url: z.string(),
      title: z.string(),
      severity: z.string(),
      vulnerable_versions: z.string(),
    }),
  ),
);

/** The lowest version above the installed one that a range of vulnerable versions leaves out; null where it names none. */
function fixedIn(range: string, version: string): string | null {
  const set = new semver.Range(range, { loose: true }).set;
  const bounds = set
    .filter((comparators) => comparators.every((comparator) => comparator.test(version)))
    .flatMap((comparators) =>
      comparators.filter(({ operator }) => operator === '<').map(({ semver: at }) => at.version),
    );
  return bounds.sort(semver.compare).at(-1) ?? null;
}

const isAffected = (range: string, version: string): boolean =>
  semver.validRange(range, { loose: true }) !== null && semver.satisfies(version, range, { includePrerelease: true });

/** Asks a registry for the advisories about installed npm packages. Null from a registry that does not offer them. */
export async function askRegistry(
  registry: URL,
  installed: readonly InstalledPackage[],
  { fetch, signal }: { fetch: SafeFetch; signal: AbortSignal },
): Promise<Advisory[] | null> {
  const asked = installed.filter(({ ecosystem }) => ecosystem === 'npm').slice(0, PACKAGES_MAX);
  if (asked.length === 0) return [];
  const byName = Map.groupBy(asked, ({ name }) => name);
  const body = JSON.stringify(
    Object.fromEntries([...byName].map(([name, all]) => [name, all.map(({ version }) => version)])),
  );
  const base = registry.href.endsWith('/') ? registry.href : `${registry.href}/`;
  const answer = await fetch(new URL('-/npm/v1/security/advisories/bulk', base).href, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS_MAX)]),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    return null;
  }
  const content = await readBounded(answer.body, ANSWER_BYTES_MAX);
  if (content === null) throw new Error('The answer of the registry about advisories is too large.');
  const read = bulkSchema.safeParse(JSON.parse(content.toString('utf8')));
  if (!read.success) return null;
  const found = Object.entries(read.data).flatMap(([name, advisories]) =>
    advisories.flatMap((advisory) =>
      (byName.get(name) ?? [])
        .filter(({ version }) => isAffected(advisory.vulnerable_versions, version))
        .map(({ version }): Advisory => {
          const severity = advisory.severity.toUpperCase();
          return {
            id: /GHSA-[\w-]+/.exec(advisory.url)?.[0] ?? `npm-${advisory.id}`,
            aliases: [],
            summary: advisory.title,
            url: isWebAddress(advisory.url) ? advisory.url : null,
            severity: SEVERITIES.find((one) => one === severity) ?? 'UNKNOWN',
            package: name,
            version,
            fixed: fixedIn(advisory.vulnerable_versions, version),
          };
        }),
    ),
  );
  return found.sort(byGravity);
}
