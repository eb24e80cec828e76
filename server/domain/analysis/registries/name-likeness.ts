import { KNOWN_NPM_PACKAGES } from './known-packages.ts';

/** The Damerau–Levenshtein distance, in which an adjacent swap counts one; `max + 1` for everything beyond `max`. */
export function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) > max) return max + 1;
    [before, previous] = [previous, row];
  }
  return previous[b.length] ?? max + 1;
}

/** Words that most names of servers share. They say nothing about which server is meant. */
const SHARED_WORD = /^(?:mcp|server|modelcontextprotocol)$/;

/** The number of letters that tell one server from another: 3 in `exa-mcp-server`, 6 in `@stripe/mcp`. */
const distinctiveLength = (name: string): number =>
  name
    .split(/[^a-z0-9]+/)
    .filter((word) => !SHARED_WORD.test(word))
    .join('').length;

/** Short words are often one letter apart by chance; long ones hardly ever are. */
const editsAllowed = (name: string): number => {
  const letters = distinctiveLength(name);
  return letters < 5 ? 0 : letters < 9 ? 1 : 2;
};

/**
 * The well-known package whose whole name, scope included, is within a typing error of this one. Returns null for the
 * well-known packages themselves, and for names that share only their last part with one (`@vendor/mcp-server`).
 */
export function closestKnownPackage(name: string): string | null {
  const lower = name.toLowerCase();
  if (KNOWN_NPM_PACKAGES.includes(lower)) return null;
  const near = KNOWN_NPM_PACKAGES.flatMap((known) => {
    const max = Math.min(editsAllowed(known), editsAllowed(lower));
    const distance = editDistance(lower, known, max);
    return distance <= max ? [{ known, distance }] : [];
  });
  return near.sort((a, b) => a.distance - b.distance)[0]?.known ?? null;
}

const withoutScope = (name: string): string => name.replace(/^@[^/]+\//, '');

/**
 * Suggests a package for a name that npm does not have: a near name, or the same name under the scope that was left
 * out.
 */
export function suggestKnownPackage(name: string): string | null {
  const lower = name.toLowerCase();
  if (KNOWN_NPM_PACKAGES.includes(lower)) return null;
  const bare = withoutScope(lower);
  const scoped = KNOWN_NPM_PACKAGES.find((known) => known.startsWith('@') && withoutScope(known) === bare);
  return closestKnownPackage(name) ?? (distinctiveLength(bare) > 0 ? (scoped ?? null) : null);
}
