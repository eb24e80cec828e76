import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createVitest, type TestModule, type TestSpecification } from 'vitest/node';
import type { RunReport, RunRequest } from './messages.ts';

/**
 * Keeps Vitest loaded in a process of its own, in the copy of the tree: starting it costs more than most test files. A
 * broken line may never end, or end this process: then the parent starts another one.
 */
const root = process.cwd();
const report = (message: RunReport): void => void process.send?.(message);

/** For tests that hang: the time limits of the suite assume a computer that is not busy with other things. */
const TEST_MS_MAX = 60_000;

const vitest = await createVitest(
  'test',
  {
    watch: false,
    root,
    bail: 1,
    reporters: [{}],
    passWithNoTests: true,
    fileParallelism: false,
    testTimeout: TEST_MS_MAX,
    hookTimeout: TEST_MS_MAX,
  },
  { logLevel: 'silent', clearScreen: false },
);
const specifications = await vitest.globTestSpecifications();
const byFile = new Map(specifications.map((one) => [path.relative(root, one.moduleId), one]));

const failureIn = (modules: readonly TestModule[], unhandled: readonly unknown[]) => {
  const failed = modules.find((module) => !module.ok());
  if (!failed && unhandled.length === 0) return null;
  const test = failed && [...failed.children.allTests('failed')][0];
  const error = test?.result().errors?.[0] ?? failed?.errors()[0] ?? unhandled[0];
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  const name = test?.fullName ?? failed?.moduleId ?? 'outside of a test';
  return { file: failed && path.relative(root, failed.moduleId), detail: `${name}: ${message.split('\n')[0]}` };
};

const specificationOf = (test: string): TestSpecification => {
  const specification = byFile.get(test);
  if (!specification) throw new Error(`${test} is not a test file of vitest.config.ts.`);
  return specification;
};

/** Runs one file after the other, until one fails. */
async function runUntilFailure(tests: string[]): Promise<RunReport> {
  vitest.state.filesMap.clear(); // `bail` counts the failures of earlier mutants too
  vitest.state.errorsSet.clear();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(tests.map(specificationOf), false);
  const failure = failureIn(testModules, unhandledErrors);
  if (failure === null) return { kind: 'result', failed: null, detail: null };
  return { kind: 'result', failed: failure.file ?? tests[0] ?? null, detail: failure.detail };
}

async function handle({ file, source, tests }: RunRequest): Promise<void> {
  if (file === null || source === null) return report(await runUntilFailure(tests));
  const target = path.join(root, file);
  const original = readFileSync(target, 'utf8');
  writeFileSync(target, source);
  vitest.invalidateFile(target);
  try {
    report(await runUntilFailure(tests));
  } finally {
    writeFileSync(target, original);
    vitest.invalidateFile(target);
  }
}

process.on('message', (message) => void handle(message as RunRequest)); // sent by session.ts
process.on('disconnect', () => process.exit());
report({ kind: 'ready' });
