import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const INSTALL_MS_MAX = 1_200_000;
const manifestSchema = z.looseObject({
  name: z.string(),
  bin: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
});

/** Installs packages at exact versions into a folder; their install scripts run only for programs that need them. */
export async function installPackage(
  folder: string,
  specifications: readonly string[],
  { withScripts = false } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', ...(withScripts ? [] : ['--ignore-scripts'])];
  await promisify(execFile)('npm', ['install', ...flags, ...specifications], { cwd: folder, timeout: INSTALL_MS_MAX });
}

/** The file of the command of a package: the one that has the package's own name, else the first. */
export async function commandFile(folder: string, name: string): Promise<string> {
  const root = path.join(folder, 'node_modules', name);
  const { bin } = manifestSchema.parse(JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')));
  if (typeof bin === 'string') return path.join(root, bin);
  const own = bin?.[name] ?? bin?.[name.split('/').at(-1) ?? name] ?? Object.values(bin ?? {})[0];
  if (own === undefined) throw new Error(`${name} has no command.`);
  return path.join(root, own);
}
