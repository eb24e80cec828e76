import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** The nearest folder with a package.json: in a bundle, modules lie elsewhere than in the sources. */
const findRoot = (folder: string): string => {
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error('This program lies in no package.');
  return findRoot(parent);
};

const root = findRoot(import.meta.dirname);

/** Where this program lies: in a checkout of the repository, or in a package that npm installed. */
export const INSTALLATION = {
  root,
  /** A checkout builds what is stale before it starts; a package was built before it was published. */
  isCheckout: existsSync(path.join(root, 'scripts/build.ts')),
  /** The files of the dashboard, and beside each its compressed forms. */
  dashboard: path.join(root, 'dist/client'),
  /** The server as a few files, which a checkout builds and a package has: they start faster than the sources. */
  server: path.join(root, 'dist/server/server.js'),
  /** The host as one file: it starts faster than its sources and needs half the memory. */
  hostBundle: path.join(root, 'dist/host/host.cjs'),
} as const;

/**
 * The data folder when none is named: beside a checkout, or the user's own by the custom of their system
 * (XDG Base Directory Specification), since an installed package is replaced with each update.
 */
export function defaultDataDir(
  env: Readonly<Record<string, string | undefined>>,
  { isCheckout, root: folder }: Pick<typeof INSTALLATION, 'isCheckout' | 'root'> = INSTALLATION,
  platform: NodeJS.Platform = process.platform,
): string {
  if (isCheckout) return path.join(folder, '.catwalk');
  const home = env['HOME'] ?? homedir();
  if (env['XDG_DATA_HOME']) return path.join(env['XDG_DATA_HOME'], 'catwalk');
  if (platform === 'win32' && env['LOCALAPPDATA']) return path.join(env['LOCALAPPDATA'], 'catwalk');
  if (platform === 'darwin') return path.join(home, 'Library/Application Support/catwalk');
  return path.join(home, '.local/share/catwalk');
}
