import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';

/** Finds what a file of the repository loads, directly and through others; packages are left out. */
export function createImportGraph(root: string) {
  const direct = new Map<string, string[]>();

  const importsOf = (file: string): string[] => {
    const earlier = direct.get(file);
    if (earlier) return earlier;
    const { module } = parseSync(file, readFileSync(path.join(root, file), 'utf8'));
    const specifiers = [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...module.staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ];
    const found = specifiers.flatMap((specifier) => resolve(root, file, specifier) ?? []);
    direct.set(file, found);
    return found;
  };

  const known = new Map<string, ReadonlyMap<string, number>>();

  return {
    /** Paths from the root, the file itself among them, each with the number of imports on the shortest way to it. */
    reachedFrom: (file: string): ReadonlyMap<string, number> => {
      const earlier = known.get(file);
      if (earlier) return earlier;
      const reached = new Map([[file, 0]]);
      for (const [next, steps] of reached)
        for (const imported of importsOf(next)) if (!reached.has(imported)) reached.set(imported, steps + 1);
      known.set(file, reached);
      return reached;
    },
  };
}

/** Relative specifiers and the `#folder/…` ones of package.json. */
function resolve(root: string, importer: string, specifier: string): string | null {
  const target = specifier.startsWith('#')
    ? specifier.slice(1)
    : specifier.startsWith('.')
      ? path.join(path.dirname(importer), specifier)
      : null;
  const isSource = target !== null && /\.tsx?$/.test(target) && existsSync(path.join(root, target));
  return isSource ? target : null;
}
