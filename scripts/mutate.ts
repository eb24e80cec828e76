import { globSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { createImportGraph } from './mutation/imports.ts';
import { mutantsOf, sourcesOf, testsOf } from './mutation/mutants.ts';
import { type FolderReport, printReport } from './mutation/report.ts';
import { openResults, type Result } from './mutation/results.ts';
import { sample } from './mutation/sample.ts';
import { openSession } from './mutation/session.ts';
import { copyTree } from './mutation/tree.ts';
import { createTrial } from './mutation/try-mutants.ts';
import { findIllTyped } from './mutation/type-check.ts';

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
  .option('--tests <globs...>', 'test files to run besides the related ones')
  .option('--only-tests <globs...>', 'test files to run instead of the related ones')
  .option('--integration <number>', 'most integration test files tried for each mutant (default: all)', wholeNumber)
  .option('--limit <seconds>', 'most processor time of one test file on the tree as it is', wholeNumber, 240)
  .option('--nice <number>', 'niceness of the tests, 0 to 19', Number, 15)
  .option('--no-types', 'try mutants that do not type as well, which saves a run of the compiler')
  .option('--list', 'print the mutants and run nothing')
  .parse();
const options = command.opts<{
  sample?: number;
  seed: string;
  tests?: string[];
  onlyTests?: string[];
  integration?: number;
  limit: number;
  nice: number;
  types: boolean;
  list?: boolean;
}>();
const folders = command.args.map((folder) => path.relative(ROOT, path.resolve(folder)));

/** Some of the sample are left out because they do not type: so many more are drawn. */
const DRAWN_FOR_EACH = 2;

const globbed = (patterns: readonly string[]) => patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
const plans = folders.map((folder) => {
  const all = sourcesOf(ROOT, folder).flatMap((file) => mutantsOf(ROOT, file));
  const { sample: size = all.length, seed } = options;
  const related = [...testsOf(ROOT, folder), ...globbed(options.tests ?? [])];
  const candidates = options.onlyTests ? globbed(options.onlyTests) : [...new Set(related)];
  const drawn = sample(all, size * DRAWN_FOR_EACH, seed, ({ key }) => key);
  return { folder, mutants: all.length, size, drawn, candidates };
});

if (options.list) {
  for (const { drawn, size } of plans)
    for (const { file, line, before, after } of drawn.slice(0, size))
      console.log(`${file}:${line}\n  - ${before}\n  + ${after}`);
  process.exit();
}

os.setPriority(options.nice); // for the tests as well, which are children of this process
const results = openResults(path.join(ROOT, '.mutation', 'results.jsonl'));
const copy = copyTree(ROOT); // from here on nothing else is read of the tree, which may change during the run
const graph = createImportGraph(copy.root);
const session = openSession(copy.root);
const limitMs = options.limit * 1_000;
const integrationMax = options.integration ?? Number.POSITIVE_INFINITY;
const tryMutant = createTrial({ root: copy.root, graph, results, session, limitMs, integrationMax });
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isInterrupted = true;
  });
}

const show = ({ outcome, file, line, after }: Result): string => `${outcome.padEnd(8)} ${file}:${line} ${after}`;

const reports: FolderReport[] = [];
try {
  const drawn = plans.flatMap((plan) => plan.drawn);
  const illTyped = options.types ? await findIllTyped(ROOT, copy.root, drawn) : new Set<string>();
  for (const { folder, mutants, size, drawn, candidates } of plans) {
    const typed = drawn.filter(({ key }) => !illTyped.has(key)).slice(0, size);
    const tried: Result[] = [];
    reports.push({ folder, mutants, results: tried });
    for (const mutant of typed) {
      if (isInterrupted) break;
      const result = await tryMutant(mutant, candidates);
      tried.push(result);
      console.error(`${tried.length}/${typed.length} ${show(result)}`);
    }
  }
} finally {
  await session.close();
  copy.remove();
}
printReport(reports, console.log);
