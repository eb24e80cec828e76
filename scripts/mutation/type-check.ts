import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Mutant } from './mutants.ts';

const LIMIT_MS = 600_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Finds the mutants that TypeScript refuses: `npm run check` notices them, and no test has to. All of them are checked in
 * one run, each as a module beside the file that it is made of. Returns their keys.
 */
export async function findIllTyped(root: string, copy: string, mutants: readonly Mutant[]): Promise<Set<string>> {
  const modules = mutants.map(({ file, broken }, index) => {
    const target = path.join(copy, file.replace(/\.(tsx?)$/, `.mutant${index}.$1`));
    writeFileSync(target, broken);
    return target;
  });
  // The facts of the last run are kept beside the results: without them a run takes several times as long.
  const kept = path.join(root, '.mutation', 'types.tsbuildinfo');
  const facts = path.join(copy, '.mutation', 'types.tsbuildinfo');
  mkdirSync(path.dirname(facts), { recursive: true });
  if (existsSync(kept)) copyFileSync(kept, facts);
  try {
    const output = await compile(root, copy, facts);
    if (existsSync(facts)) copyFileSync(facts, kept);
    return new Set(illTypedIn(output).flatMap((index) => mutants[index]?.key ?? []));
  } finally {
    for (const module of modules) rmSync(module);
  }
}

async function compile(root: string, copy: string, facts: string): Promise<string> {
  const arguments_ = ['-p', '.', '--incremental', '--tsBuildInfoFile', facts, '--pretty', 'false'];
  const limits = { cwd: copy, timeout: LIMIT_MS, maxBuffer: OUTPUT_BYTES_MAX };
  try {
    return (await promisify(execFile)(path.join(root, 'node_modules', '.bin', 'tsc'), arguments_, limits)).stdout;
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && error.stdout !== '') return String(error.stdout);
    throw error;
  }
}

/** Returns the number of each mutant that the compiler's output names. */
export const illTypedIn = (output: string): number[] => [
  ...new Set([...output.matchAll(/^\S.*\.mutant(\d+)\.tsx?\(/gm)].map((match) => Number(match[1]))),
];
