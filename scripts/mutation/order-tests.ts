import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { createImportGraph } from './imports.ts';

/**
 * The tests that load a file: unit tests first, among them those that reach it through the fewest imports, among those
 * the ones in the nearest folder. Integration tests follow in the same order, at most so many.
 */
export function testsFor(
  graph: ReturnType<typeof createImportGraph>,
  file: string,
  candidates: readonly string[],
  integrationMax: number,
): string[] {
  const stepsTo = (test: string): number => graph.reachedFrom(test).get(file) ?? 0;
  const foldersTo = (test: string): number => path.relative(path.dirname(file), test).split('/').length;
  const own = file.replace(/\.tsx?$/, '');
  const related = candidates
    .filter((test) => graph.reachedFrom(test).has(file))
    .sort(
      (a, b) =>
        Number(b.startsWith(own)) - Number(a.startsWith(own)) ||
        stepsTo(a) - stepsTo(b) ||
        foldersTo(a) - foldersTo(b) ||
        (a < b ? -1 : 1),
    );
  return [...related.filter((test) => !isIntegration(test)), ...related.filter(isIntegration).slice(0, integrationMax)];
}

/** True for a test that starts processes, opens sockets or uses a database. */
export const isIntegration = (test: string): boolean => test.includes('.integration.');

/** Changes when one of the tests does. */
export function hashOfTests(root: string, tests: readonly string[]): string {
  const hash = createHash('sha256');
  for (const test of tests) hash.update(`${test}\0`).update(readFileSync(path.join(root, test)));
  return hash.digest('hex').slice(0, 16);
}
