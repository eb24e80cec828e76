import type { SourceFile } from '../files/file-set.ts';

const IMPORT =
  /(?:\bfrom|\bimport|\brequire|\bimport\.meta\.resolve)\s{0,9}\(?\s{0,9}["'](\.{1,2}\/[^"'\n]{1,200})["']/g;
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.tsx', '.jsx', '/index.js', '/index.mjs', '/index.ts'];

/** `a/b/../c` → `a/c`; null above the root. */
function joined(folder: string, relative: string): string | null {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '.' || part === '') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** The file that a path without a certain ending means. */
export const findModule = (files: readonly SourceFile[], path: string): string | null =>
  createImportResolver(files.map((file) => file.path))('', path);

export type ImportResolver = (from: string, specifier: string) => string | null;

/** Resolves relative imports among the files that were read. */
export function createImportResolver(paths: Iterable<string>): ImportResolver {
  const known = new Set(paths);
  const resolve = (path: string): string | undefined =>
    ENDINGS.map((ending) => path + ending).find((one) => known.has(one)) ??
    // TypeScript sources import `./x.js` and mean `./x.ts`
    [path.replace(/\.([cm]?)js$/, '.$1ts'), path.replace(/\.js$/, '.tsx')].find((one) => known.has(one));
  return (from, specifier) => {
    const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/')) : '';
    const target = joined(folder, specifier);
    return (target === null ? undefined : resolve(target)) ?? null;
  };
}

/** A module by a name that only runs when it is loaded: `import(path)`, `require(file)`, all commands of a folder. */
const COMPUTED =
  /\b(?:import|require)\(\s{0,9}(?!["'`]|\/\*)[\w$.]{2,60}\s{0,9}[,)]|\breaddirSync\(|\brun(?:Main)?\(process\.argv|@oclif\/core/;
/** A file that is started as a process of its own, or found beside the program. */
const NAMED_FILE = /["'`]([\w@./-]{0,200}?[\w-]{1,80}\.[cm]?[jt]s)["'`]/g;
const PACKAGE_IMPORT =
  /(?:\bfrom|\bimport|\brequire)\s{0,9}\(?\s{0,9}["']((?:@[\w.-]{1,80}\/)?[\w.-]{1,80})(?:\/[^"'\n]{0,200})?["']/g;
/** `@/config`, `~/config`, `#src/config`: names for the folder of the sources. */
const ALIASED = /(?:\bfrom|\bimport|\brequire)\s{0,9}\(?\s{0,9}["'](?:@|~|#\w{0,20})\/([^"'\n]{1,200})["']/g;

/**
 * The JavaScript files that a program loads, itself included: a package holds other programs too, whose settings are
 * not the server's. Parts of the server that are packages of their own lie below their names. Null where the entry is
 * not among the files that were read, and where the program finds its modules while it runs.
 */
export function filesLoadedBy(files: readonly SourceFile[], entry: string): ReadonlySet<string> | null {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const resolve = createImportResolver(texts.keys());
  const first = resolve('', entry);
  if (first === null) return null;
  const byName = Map.groupBy(texts.keys(), (path) => path.slice(path.lastIndexOf('/') + 1));
  const seen = new Set([first]);
  const packages = new Set<string>();
  for (const path of seen) {
    const text = texts.get(path) ?? '';
    if (COMPUTED.test(text)) return null;
    for (const match of text.matchAll(IMPORT)) {
      const found = resolve(path, match[1] ?? '');
      if (found !== null) seen.add(found);
    }
    for (const match of text.matchAll(ALIASED)) {
      for (const root of ['src', 'dist', 'build', 'lib', '']) {
        const found = resolve('', [root, match[1] ?? ''].filter(Boolean).join('/'));
        if (found !== null) seen.add(found);
      }
    }
    for (const match of text.matchAll(NAMED_FILE)) {
      const file = match[1] ?? '';
      const same = byName.get(file.slice(file.lastIndexOf('/') + 1)) ?? [];
      for (const one of same) if (one.endsWith(file.replace(/^[./]+/, ''))) seen.add(one);
    }
    for (const match of text.matchAll(PACKAGE_IMPORT)) packages.add(match[1] ?? '');
    for (const name of packages) {
      for (const one of texts.keys()) if (one.startsWith(`${name}/`)) seen.add(one);
      packages.delete(name);
    }
  }
  return seen;
}
