import { lstatSync, readdirSync } from 'node:fs';
import { chown, copyFile, lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChildUser } from '../child/environment.ts';
import type { Inventory } from '../install/inventory.ts';
import { removeTree } from '../remove-tree.ts';

/** Folders that programs fill by themselves and can fill again. */
const CACHES = /(^|\/)(__pycache__|\.cache)(\/|$)/;
/** Servers write small files beside their code: a memory, a database. */
const FILES_MAX = 2_000;
const BYTES_MAX = 256 * 1024 * 1024;

/** The files in a copy of a package that the installation did not put there. */
const addedFiles = (folder: string, { files, links }: Inventory): { path: string; bytes: number }[] => {
  const known = new Set([...files, ...links].map(({ path }) => path));
  const found: { path: string; bytes: number }[] = [];
  const waiting = [''];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop())
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (CACHES.test(path)) continue;
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile() && !known.has(path)) found.push({ path, bytes: lstatSync(join(folder, path)).size });
    }
  return found;
};

/** Reports whether a folder on the way to a file is a link: it may lead to any place of the computer. */
const leadsThroughLink = async (root: string, path: string): Promise<boolean> => {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder))
    if ((await lstat(join(root, folder)).catch(() => null))?.isSymbolicLink()) return true;
  return false;
};

const copyAll = async (paths: readonly string[], from: string, to: string, user: ChildUser | null): Promise<void> => {
  for (const path of paths) {
    const made = await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    await copyFile(join(from, path), join(to, path));
    if (!user) continue;
    await chown(join(to, path), user.uid, user.gid);
    for (let folder = dirname(join(to, path)); made !== undefined && folder.startsWith(made); folder = dirname(folder))
      await chown(folder, user.uid, user.gid);
  }
};

/** Keeps what a server wrote beside its code; what was kept before is replaced. Resolves to a reason if it is too much. */
export const saveBeside = async (
  folder: string,
  inventory: Inventory,
  beside: string,
  user: ChildUser | null,
): Promise<string | null> => {
  const added = addedFiles(folder, inventory);
  const bytes = added.reduce((sum, file) => sum + file.bytes, 0);
  if (added.length > FILES_MAX || bytes > BYTES_MAX)
    return `The server wrote ${added.length} files (${Math.round(bytes / 1024 / 1024)} MB) beside its code. That is more than can be kept; let it write into HOME.`;
  await removeTree(beside);
  await mkdir(beside, { mode: 0o700 });
  await copyAll(
    added.map(({ path }) => path),
    folder,
    beside,
    user,
  );
  return null;
};

/**
 * Puts kept files back beside the code of a new copy, which no program uses yet. A file that the package now brings
 * itself wins, and nothing is written through its links: this process may write where the server may not.
 */
export const restoreBeside = async (beside: string, folder: string, user: ChildUser | null): Promise<void> => {
  const empty: Inventory = { folders: [], files: [], links: [] };
  const kept = await lstat(beside).catch(() => null); // nothing was kept yet
  if (kept === null) return;
  const paths = addedFiles(beside, empty).map(({ path }) => path);
  const wanted: string[] = [];
  for (const path of paths) {
    const isThere = (await lstat(join(folder, path)).catch(() => null)) !== null;
    if (!isThere && !(await leadsThroughLink(folder, path))) wanted.push(path);
  }
  await copyAll(wanted, beside, folder, user);
};
