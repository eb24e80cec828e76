import { globSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { createImportGraph } from './mutation/imports.ts';
import { type Mutant, mutantsOf, sourcesOf, testsOf } from './mutation/mutants.ts';
import { hashOfTests, testsFor } from './mutation/order-tests.ts';
import { type FolderReport, printReport } from './mutation/report.ts';
import { openResults, type Result } from './mutation/results.ts';
import { sample } from './mutation/sample.ts';
import { openSession } from './mutation/session.ts';
import { copyTree } from './mutation/tree.ts';

/**
 * Breaks single lines of the given folders, one at a time, and checks that a test fails. Prints the share of broken
 * lines that the tests noticed, and those that they did not. docs/testing.md explains it and keeps the figures.
 */
const ROOT = path.resolve(import.meta.dirname, '..');

const wholeNumber = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('Expected a whole number above 0.');
  return number;
};

const command = new Command('mutate')
  .argument('<paths...>', 'folders or files to break lines in')
  .option('--sample <number>', 'mutants tried in each path (default: all)', wholeNumber)
  .option('--seed <text>', 'chooses the sample', '1')
  .option('--tests <globs...>', 'test files to run besides those below the paths')
  .option('--only-tests <globs...>', 'test files to run instead of those below the paths')
  .option('--limit <seconds>', 'longest run of one test file on the tree as it is', wholeNumber, 240)
  .option('--list', 'print the mutants and run nothing')
  .parse();
const options = command.opts<{
  sample?: number;
  seed: string;
  tests?: string[];
  onlyTests?: string[];
  limit: number;
  list?: boolean;
}>();
const folders = command.args.map((folder) => path.relative(ROOT, path.resolve(folder)));

const globbed = (patterns: readonly string[]) => patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
const plans = folders.map((folder) => {
  const all = sourcesOf(ROOT, folder).flatMap((file) => mutantsOf(ROOT, file));
  const chosen = options.sample === undefined ? all : sample(all, options.sample, options.seed, ({ key }) => key);
  const candidates = options.onlyTests
    ? globbed(options.onlyTests)
    : [...new Set([...testsOf(ROOT, folder), ...globbed(options.tests ?? [])])];
  return { folder, mutants: all.length, chosen, candidates };
});

if (options.list) {
  for (const { chosen } of plans)
    for (const { file, line, before, after } of chosen) console.log(`${file}:${line}\n  - ${before}\n  + ${after}`);
  process.exit();
}

const graph = createImportGraph(ROOT);
const results = openResults(path.join(ROOT, '.mutation', 'results.jsonl'));
const copy = copyTree(ROOT);
const session = openSession(ROOT, copy.root);
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isInterrupted = true;
  });
}

const LIMIT_MS_MIN = 20_000;
/** How much slower than on the tree as it is the tests of a mutant may be: a computer that is busy is not a hang. */
const SLOWDOWN_MAX = 3;

/** Milliseconds of each test file on the tree as it is; null for one that fails there, which proves nothing. */
const baseline = new Map<string, number | null>();
async function measure(tests: readonly string[]): Promise<void> {
  for (const test of tests) {
    if (baseline.has(test)) continue;
    const result = await session.run({ file: null, source: null, tests: [test] }, options.limit * 1_000);
    const passed = result !== null && result.failed === null;
    baseline.set(test, passed ? (result.milliseconds[test] ?? 0) : null);
    if (!passed) console.error(`Left out, because it fails unchanged: ${test} ${result?.detail ?? 'took too long'}`);
  }
}

async function tryMutant(mutant: Mutant, candidates: readonly string[]): Promise<Result> {
  const { key, file, line, operator, before, after, broken } = mutant;
  const related = testsFor(graph, file, candidates);
  const hash = hashOfTests(ROOT, related);
  const known = results.find(key, hash);
  if (known) return known;
  await measure(related);
  const tests = related.filter((test) => typeof baseline.get(test) === 'number');
  const usualMs = tests.reduce((sum, test) => sum + (baseline.get(test) ?? 0), 0);
  const request = { file, source: broken, tests };
  const limitMs = Math.max(LIMIT_MS_MIN, usualMs * SLOWDOWN_MAX);
  const result = (await session.run(request, limitMs)) ?? (await session.run(request, 2 * limitMs));
  const outcome = result === null ? 'timeout' : result.failed === null ? 'survived' : 'killed';
  const tried = { key, file, line, operator, before, after, outcome, by: result?.detail ?? null, tests: hash } as const;
  results.add(tried);
  return tried;
}

const reports: FolderReport[] = [];
try {
  for (const { folder, mutants, chosen, candidates } of plans) {
    const tried: Result[] = [];
    reports.push({ folder, mutants, results: tried });
    for (const mutant of chosen) {
      if (isInterrupted) break;
      const result = await tryMutant(mutant, candidates);
      tried.push(result);
      console.error(
        `${tried.length}/${chosen.length} ${result.outcome.padEnd(8)} ${result.file}:${result.line} ${result.after}`,
      );
    }
  }
} finally {
  await session.close();
  copy.remove();
}
printReport(reports, console.log);
