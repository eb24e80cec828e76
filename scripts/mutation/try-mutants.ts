import type { createImportGraph } from './imports.ts';
import type { Mutant } from './mutants.ts';
import { hashOfTests, isIntegration, testsFor } from './order-tests.ts';
import type { openResults, Result } from './results.ts';
import type { openSession } from './session.ts';

const LIMIT_MS_MIN = 20_000;
/** Processor time for a test that was not measured yet. */
const UNMEASURED_MS_MAX = 60_000;
/** How much more than on the tree as it is the tests of a mutant may work before it counts as a hang. */
const SLOWDOWN_MAX = 4;
/** So many tests run by themselves first: most mutants are noticed by the nearest ones. */
const NEAREST = 2;

export type Trial = {
  root: string;
  graph: ReturnType<typeof createImportGraph>;
  results: ReturnType<typeof openResults>;
  session: ReturnType<typeof openSession>;
  /** Most processor time of one test file on the tree as it is. */
  limitMs: number;
  /** Most integration test files tried for each mutant. */
  integrationMax: number;
};

/** Tries one mutant after the other: its related tests run until one fails. Known results are reused. */
export function createTrial({ root, graph, results, session, limitMs, integrationMax }: Trial) {
  /** Processor milliseconds of each test file on the tree as it is; null for one that fails there, which proves nothing. */
  const baseline = new Map<string, number | null>();

  const measure = async (test: string): Promise<number | null> => {
    const known = baseline.get(test);
    if (known !== undefined) return known;
    const result = await session.run({ file: null, source: null, tests: [test] }, limitMs);
    const passed = result !== null && result.failed === null;
    const measured = passed ? result.processorMs : null;
    baseline.set(test, measured);
    if (!passed) console.error(`Left out, because it fails unchanged: ${test} ${result?.detail ?? 'took too long'}`);
    return measured;
  };

  /**
   * A test that passes proves the same whether it was measured or not. So only a test that fails or takes too long is
   * measured, when it does so for the first time: most mutants then cost each test once.
   */
  const runUntilKilled = async ({ file, broken }: Mutant, tests: readonly string[]) => {
    let isComplete = true;
    let queue = [...tests];
    for (let tried = 0; queue.length > 0; tried += 1) {
      if (tried === NEAREST) queue = await leftAfterUnitTests({ file, source: broken }, queue);
      const test = queue.shift();
      if (test === undefined) break;
      if (baseline.get(test) === null) {
        isComplete = false;
        continue;
      }
      const request = { file, source: broken, tests: [test] };
      let result = await session.run(request, limitOf(test));
      if (result !== null && result.failed === null) continue;
      if ((await measure(test)) === null) {
        isComplete = false;
        continue;
      }
      result ??= await session.run(request, 2 * limitOf(test));
      if (result === null) return { isComplete, outcome: 'timeout', by: null, killer: test } as const;
      if (result.failed !== null) return { isComplete, outcome: 'killed', by: result.detail, killer: test } as const;
    }
    return { isComplete, outcome: 'survived', by: null, killer: null } as const;
  };

  /**
   * Unit tests share a process and the modules that they load, so that all of them together take little longer than one.
   * Returns the tests that are still to be run: without those that passed, or with the one that failed first.
   */
  const leftAfterUnitTests = async (broken: { file: string; source: string }, queue: string[]): Promise<string[]> => {
    const units = queue.filter((test) => !isIntegration(test) && baseline.get(test) !== null);
    if (units.length < 2) return queue;
    const result = await session.run({ ...broken, tests: units }, Math.min(limitMs, UNMEASURED_MS_MAX));
    if (result === null) return queue;
    const { failed } = result;
    return failed === null
      ? queue.filter((test) => !units.includes(test))
      : [failed, ...queue.filter((test) => test !== failed)];
  };

  const limitOf = (test: string): number => {
    const usualMs = baseline.get(test);
    return usualMs == null ? Math.min(limitMs, UNMEASURED_MS_MAX) : Math.max(LIMIT_MS_MIN, usualMs * SLOWDOWN_MAX);
  };

  return async (mutant: Mutant, candidates: readonly string[]): Promise<Result> => {
    const { key, file, line, operator, before, after } = mutant;
    const related = testsFor(graph, file, candidates, integrationMax);
    const tests = hashOfTests(root, related);
    const known = results.find(key, tests);
    if (known) return known;
    const byKills = related.toSorted((a, b) => results.killsOf(file, b) - results.killsOf(file, a));
    const { isComplete, ...outcome } = await runUntilKilled(mutant, byKills);
    const tried = { key, file, line, operator, before, after, tests, ...outcome };
    // A test that was left out might have noticed it: the next run tries such a survivor again.
    if (isComplete || outcome.outcome !== 'survived') results.add(tried);
    return tried;
  };
}
