import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Step } from './steps.ts';

const isTest = (name: string): boolean => /\.(test|testing)\.tsx?$/.test(name);

/** Files below a folder that a build may read, relative to the checkout. */
const filesBelow = (root: string, folder: string): string[] =>
  readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !isTest(entry.name) && !entry.parentPath.includes('generated'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));

export type Staleness = {
  /** True unless the output is there and was built from the inputs as they are. */
  isStale(step: Step): boolean;
  /** Remembers beside the output what it was built from. */
  markBuilt(step: Step): void;
};

/** Compares the inputs of steps with those that they were last built from. Lists a folder and reads a file only once. */
export function createStaleness(root: string): Staleness {
  const folders = new Map<string, string[]>();
  const digests = new Map<string, Buffer>();

  const filesIn = (folder: string): string[] => {
    const files = folders.get(folder) ?? filesBelow(root, folder);
    folders.set(folder, files);
    return files;
  };
  const filesOf = (input: string): string[] => {
    const [folder = '', ending] = input.split('/**');
    if (ending === undefined && statSync(path.join(root, folder)).isFile()) return [folder];
    return filesIn(folder).filter((file) => file.endsWith(ending ?? ''));
  };
  const digestOf = (file: string): Buffer => {
    const digest =
      digests.get(file) ??
      createHash('sha256')
        .update(readFileSync(path.join(root, file)))
        .digest();
    digests.set(file, digest);
    return digest;
  };
  const hashInputs = (step: Step): string => {
    const hash = createHash('sha256');
    const files = [...new Set(step.inputs.flatMap(filesOf))].sort();
    for (const file of files) hash.update(file).update('\0').update(digestOf(file));
    return hash.digest('hex');
  };
  const stampOf = (step: Step): string => path.join(root, path.dirname(step.output), '.inputs');

  return {
    isStale: (step) =>
      !existsSync(path.join(root, step.output)) ||
      !existsSync(stampOf(step)) ||
      readFileSync(stampOf(step), 'utf8') !== hashInputs(step),
    markBuilt: (step) => writeFileSync(stampOf(step), hashInputs(step)),
  };
}
