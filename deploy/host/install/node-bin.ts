import { open, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { failWith } from '../failure.ts';

type PackageJson = {
  name?: string;
  version?: string;
  main?: string;
  bin?: string | Record<string, string>;
  scripts?: Record<string, string>;
  engines?: { node?: string };
};

export const readPackageJson = async (folder: string): Promise<PackageJson> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson; // npm has already checked its shape

const unscoped = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** The parts of a path, with either kind of slash; parts that lead upwards are left out. */
const partsOf = (path: string): string[] =>
  path
    .replace(/[\\:]/g, '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..');

/** The commands of a package as npm links them: a key with a scope is named without it, and paths stay in the package. */
export const binsOf = ({ name = '', bin }: Pick<PackageJson, 'name' | 'bin'>): Record<string, string> => {
  const declared = typeof bin === 'string' ? { [name]: bin } : (bin ?? {});
  return Object.fromEntries(
    Object.entries(declared).flatMap(([key, target]) => {
      const [command, path] = [partsOf(key).at(-1), typeof target === 'string' ? partsOf(target).join('/') : ''];
      return command === undefined || path === '' ? [] : [[command, path]];
    }),
  );
};

/** Chooses as npx does: the only bin, or the one named after the package; null when there is none. */
const chooseBin = (manifest: PackageJson, wanted: string | undefined): string | null => {
  const name = manifest.name ?? '';
  const bins = binsOf(manifest);
  if (wanted !== undefined) {
    const found = bins[wanted] ?? bins[unscoped(wanted)];
    if (found !== undefined) return found;
    return failWith('NO_BIN', `${name} has no command named "${wanted}".`, {
      hint: Object.keys(bins).length === 0 ? 'It has no commands.' : `Its commands: ${Object.keys(bins).join(', ')}.`,
    });
  }
  const targets = new Set(Object.values(bins));
  const [only] = targets;
  if (targets.size === 1 && only !== undefined) return only;
  const own = bins[unscoped(name)];
  if (own !== undefined) return own;
  if (targets.size === 0) return null;
  return failWith('NO_BIN', `${name} has several commands and none is named after the package.`, {
    hint: `Choose one of: ${Object.keys(bins).join(', ')}.`,
  });
};

const isFile = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false; // absent, or a part of the path is: no file either way
  }
};

/** `#!/usr/bin/env -S node --flag` → ['--flag']; null when the file is not for Node. */
const nodeShebang = async (path: string): Promise<string[] | null> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const line = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0] ?? '';
    if (!line.startsWith('#!')) return ['.js', '.mjs', '.cjs', '.ts', ''].includes(extname(path)) ? [] : null;
    const words = line.slice(2).trim().split(/\s+/);
    const node = words.findIndex((word) => /(^|\/)node(js)?$/.test(word));
    return node === -1 ? null : words.slice(node + 1);
  } finally {
    await file.close();
  }
};

export type NodeBin = { bin: string; interpreter: 'node' | null; interpreterArgs: string[] };

/** The command of an installed package, relative to its folder. `mainWillDo`: for folders and tarballs a `main` suffices. */
export const resolveNodeBin = async (
  folder: string,
  options: { wanted?: string | undefined; mainWillDo: boolean },
): Promise<NodeBin & { manifest: PackageJson }> => {
  const manifest = await readPackageJson(folder);
  const name = manifest.name ?? 'The package';
  const bin = chooseBin(manifest, options.wanted) ?? (options.mainWillDo ? (manifest.main ?? 'index.js') : null);
  if (bin === null)
    return failWith('NO_BIN', `${name} has no command to run.`, {
      hint: 'It may be a library. Check that this is the package of the MCP server.',
    });
  const candidates = [bin, `${bin}.js`, join(bin, 'index.js')];
  for (const candidate of candidates) {
    const path = join(folder, candidate);
    if (!(await isFile(path))) continue;
    const flags = await nodeShebang(path);
    return { bin: candidate, interpreter: flags ? 'node' : null, interpreterArgs: flags ?? [], manifest };
  }
  return failWith('NO_BIN', `${name} names the command "${bin}", but the package does not contain it.`, {
    hint: 'It was probably published without its build. Try another version, or tell its author.',
  });
};
