import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Everything below a folder, as paths relative to it. Parents come before what they hold. */
export type Inventory = {
  folders: string[];
  files: { path: string; bytes: number }[];
  links: { path: string; target: string }[];
};

/** Files are looked at in short turns, so that calls of other sessions are not held up. */
const FILES_A_TURN = 200;

/** Lists a folder. Sockets, pipes and devices are left out: a copy could not hold them. */
export const takeInventory = async (root: string): Promise<Inventory> => {
  const inventory: Inventory = { folders: [], files: [], links: [] };
  const waiting = [''];
  let seen = 0;
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        inventory.folders.push(path);
        waiting.push(path);
      } else if (entry.isSymbolicLink()) inventory.links.push({ path, target: readlinkSync(join(root, path)) });
      else if (entry.isFile()) inventory.files.push({ path, bytes: lstatSync(join(root, path)).size });
      seen += 1;
      if (seen % FILES_A_TURN === 0) await nextTurn();
    }
  }
  return inventory;
};

/** The part of an inventory below one of its folders, with paths from there. */
export const below = (folder: string, { folders, files, links }: Inventory): Inventory => {
  const inside = (path: string): boolean => path.startsWith(`${folder}/`);
  const cut = (path: string): string => path.slice(folder.length + 1);
  return {
    folders: folders.filter(inside).map(cut),
    files: files.filter(({ path }) => inside(path)).map((file) => ({ ...file, path: cut(file.path) })),
    links: links.filter(({ path }) => inside(path)).map((link) => ({ ...link, path: cut(link.path) })),
  };
};

export const bytesOf = (inventory: Inventory): number => inventory.files.reduce((sum, { bytes }) => sum + bytes, 0);

/** A file is not the one that was listed. */
export class AlteredError extends Error {
  override readonly name = 'AlteredError';

  constructor(path: string, cause?: unknown) {
    super(`${path} is missing or was changed`, { cause });
  }
}

const statOf = (path: string): Stats => {
  try {
    return lstatSync(path);
  } catch (error) {
    throw new AlteredError(path, error);
  }
};

/**
 * Throws AlteredError unless the file is as it was before `sealedAtMs`. The system sets a file's change time with every
 * write, link, rename and change of mode, and offers programs no way to set it back.
 */
export const checkFile = (root: string, file: Inventory['files'][number], sealedAtMs: number): void => {
  const path = join(root, file.path);
  const stats = statOf(path);
  if (!stats.isFile() || stats.size !== file.bytes || stats.ctimeMs >= sealedAtMs) throw new AlteredError(path);
};

/** The same for every file and link of a folder. */
export const checkAll = async (root: string, inventory: Inventory, sealedAtMs: number): Promise<void> => {
  let seen = 0;
  for (const file of inventory.files) {
    checkFile(root, file, sealedAtMs);
    seen += 1;
    if (seen % FILES_A_TURN === 0) await nextTurn();
  }
  for (const { path, target } of inventory.links) {
    const stats = statOf(join(root, path));
    if (!stats.isSymbolicLink() || readlinkSync(join(root, path)) !== target) throw new AlteredError(join(root, path));
  }
};
