import path from 'node:path';
import { readImports } from './read-imports.ts';

/** An import of a file: `to` is a path within the project, or the name of a package or built-in module. */
export type Edge = { from: string; to: string; line: number };

/** `imports` of package.json: `#server/*` → `./server/*`. */
export type Aliases = Record<string, string>;

export function createImportGraph(files: string[], read: (file: string) => string, aliases: Aliases): Edge[] {
  return files.flatMap((from) =>
    readImports(from, read(from)).map(({ specifier, line }) => ({ from, to: resolve(from, specifier, aliases), line })),
  );
}

/** Imports carry their file extension here, so a path needs no guessing. Query suffixes of the bundler fall away. */
function resolve(from: string, specifier: string, aliases: Aliases): string {
  const target = specifier.replace(/\?.*$/, '');
  if (/^\.\.?(?:\/|$)/.test(target)) return path.posix.join(path.posix.dirname(from), target);
  for (const [alias, folder] of Object.entries(aliases)) {
    const prefix = alias.replace(/\*$/, '');
    if (target.startsWith(prefix)) return path.posix.join(folder.replace(/\*$/, ''), target.slice(prefix.length));
  }
  return target;
}
