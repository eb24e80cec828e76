import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { applyMutation, findMutations, type Mutation } from './operators.ts';

export type Mutant = Mutation & {
  /** Follows from the file's text and the change. */
  key: string;
  file: string;
  /** The file with the broken line. */
  broken: string;
  before: string;
  after: string;
};

const IS_TEST = /(?:\.(?:test|testing|spec)|(?:^|\/)test-rig)\.tsx?$/;
const IS_GENERATED = /(?:^|\/)generated\/|\.generated\.ts$/;

/** Source files of a folder of the repository, or the one that the path names. */
export const sourcesOf = (root: string, folder: string): string[] =>
  filesBelow(root, folder).filter((file) => !IS_TEST.test(file) && !IS_GENERATED.test(file));

export const testsOf = (root: string, folder: string): string[] => {
  const below = /\.tsx?$/.test(folder) ? path.dirname(folder) : folder;
  return filesBelow(root, below).filter((file) => file.endsWith('.test.ts'));
};

const filesBelow = (root: string, folder: string): string[] =>
  (/\.tsx?$/.test(folder) ? [folder] : globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root })).map(path.normalize).sort();

export function mutantsOf(root: string, file: string): Mutant[] {
  const source = readFileSync(path.join(root, file), 'utf8');
  const lines = source.split('\n');
  return findMutations(file, source).map((mutation) => {
    const broken = applyMutation(source, mutation);
    const at = mutation.line - 1;
    return {
      ...mutation,
      key: createHash('sha256').update(`${file}\0${source}\0${broken}`).digest('hex').slice(0, 20),
      file,
      broken,
      before: lines[at]?.trim() ?? '',
      after: broken.split('\n')[at]?.trim() ?? '',
    };
  });
}
