import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { makeAscii } from './ascii-only.ts';
import { wasmFile } from './wasm-file.ts';

/** Packages that bring files of their own, which no bundle can hold. npm installs them beside the bundle. */
export const BESIDE = ['@electric-sql/pglite'];

/** What is started by its path: each becomes a file of its name. */
const PROGRAMS = {
  cli: 'server/cli/main.ts',
  server: 'server/main.ts',
  'child-program': 'server/domain/analysis/candidates/isolated/child-program.ts',
  migrate: 'scripts/migrate.ts',
  'rotate-keys': 'scripts/rotate-keys.ts',
  'fly-doctor': 'server/fly-doctor/main.ts',
  'fly-first-hour': 'server/first-hour/main.ts',
};

/** CommonJS inside a bundle of ES modules loads Node's own modules by these names. */
const COMMONJS = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __directory } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = __directory(__filename);',
].join('');

export type Program = keyof typeof PROGRAMS;

export type BundleOptions = {
  programs?: readonly Program[];
  /** Keeps names and short lines, so that a stack can be read. Source maps would cost 130 MB of memory. */
  readable?: boolean;
};

/**
 * Bundles programs of Catwalk, by default all of them, into `folder`, with every library but those of `BESIDE`. Code that
 * some programs or commands do not need stays in files of its own. Returns what went where.
 */
export async function bundleServer(
  root: string,
  folder: string,
  { programs = Object.keys(PROGRAMS) as Program[], readable = false }: BundleOptions = {},
): Promise<Metafile> {
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(programs.map((name) => [name, path.join(root, PROGRAMS[name])])),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    mainFields: ['module', 'main'], // the other form of some packages finds its files only when it runs
    minifyWhitespace: true,
    minifySyntax: true,
    minifyIdentifiers: !readable,
    ...(readable ? { lineLimit: 120 } : {}),
    keepNames: true, // errors and messages show names of classes
    external: [...BESIDE.flatMap((name) => [name, `${name}/*`]), 'pg-native'],
    banner: { js: COMMONJS },
    legalComments: 'none', // licenses.ts keeps whole texts
    plugins: [wasmFile(folder)],
    metafile: true,
    logLevel: 'warning',
  });
  await Promise.all(Object.keys(metafile.outputs).map((file) => makeAscii(path.resolve(root, file))));
  return metafile;
}
