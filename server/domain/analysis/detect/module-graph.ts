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

/**
 * The JavaScript files that a program loads, itself included: a package holds other programs too, whose options are
 * not the server's. Null where the entry is not among the files that were read.
 */
export function filesLoadedBy(files: readonly SourceFile[], entry: string): ReadonlySet<string> | null {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const resolve = (path: string): string | undefined =>
    ENDINGS.map((ending) => path + ending).find((one) => texts.has(one)) ??
    // TypeScript sources import `./x.js` and mean `./x.ts`
    [path.replace(/\.([cm]?)js$/, '.$1ts'), path.replace(/\.js$/, '.tsx')].find((one) => texts.has(one));
  const first = resolve(entry.replace(/^\.\//, ''));
  if (first === undefined) return null;
  const seen = new Set([first]);
  for (const path of seen) {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    for (const match of (texts.get(path) ?? '').matchAll(IMPORT)) {
      const target = joined(folder, match[1] ?? '');
      const found = target === null ? undefined : resolve(target);
      if (found !== undefined) seen.add(found);
    }
  }
  return seen;
}
