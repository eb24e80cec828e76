import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { createImportGraph } from './imports.ts';

/** The tests that load a file, unit tests first, and among them those that reach it through the fewest imports. */
export function testsFor(
  graph: ReturnType<typeof createImportGraph>,
  file: string,
  candidates: readonly string[],
): string[] {
  const rank = (test: string): number =>
    (test.includes('.integration.') ? 1_000 : 0) + (graph.reachedFrom(test).get(file) ?? 0);
  const own = file.replace(/\.tsx?$/, '');
  return candidates
    .filter((test) => graph.reachedFrom(test).has(file))
    .sort((a, b) => Number(b.startsWith(own)) - Number(a.startsWith(own)) || rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** Changes when one of the tests does. */
export function hashOfTests(root: string, tests: readonly string[]): string {
  const hash = createHash('sha256');
  for (const test of tests) hash.update(`${test}\0`).update(readFileSync(path.join(root, test)));
  return hash.digest('hex').slice(0, 16);
}
