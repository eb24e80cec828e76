import { lutimesSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { lstat, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Inventory } from './inventory.ts';

/**
 * Files and links that name the folder in which they were installed: first lines of Python's commands, pyvenv.cfg, what
 * a build wrote down. A copy names its own folder instead.
 */
export type Relocation = { from: string; files: string[]; links: string[] };

const TEXT_BYTES_MAX = 4 * 1024 * 1024;
const SNIFFED_BYTES = 8_192;

/** As git decides it: a file with a NUL among its first bytes is not text, and its lengths must not change. */
const isText = async (path: string): Promise<boolean> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    return !buffer.subarray(0, bytesRead).includes(0);
  } finally {
    await file.close();
  }
};

/** Looks for the files and links below `root` that name `root`, among those that `mayName` allows for. */
export const findRelocation = async (
  root: string,
  inventory: Inventory,
  mayName: (path: string) => boolean,
): Promise<Relocation> => {
  const files: string[] = [];
  for (const { path, bytes } of inventory.files) {
    if (bytes < root.length || bytes > TEXT_BYTES_MAX || !mayName(path)) continue;
    const file = join(root, path);
    if ((await isText(file)) && (await readFile(file)).includes(root)) files.push(path);
  }
  const links = inventory.links.filter(({ target }) => target.startsWith(root)).map(({ path }) => path);
  return { from: root, files, links };
};

/** Lets a copy name itself where its source named the folder that it was installed in. */
export const relocate = async (folder: string, { from, files, links }: Relocation): Promise<void> => {
  for (const path of links) {
    const link = join(folder, path);
    const target = readlinkSync(link);
    rmSync(link);
    symlinkSync(folder + target.slice(from.length), link);
  }
  for (const path of files) {
    const file = join(folder, path);
    const { atime, mtime } = await lstat(file);
    // Text of any encoding passes as latin1; only the two paths are written in the file system's own.
    const [old, own] = [from, folder].map((name) => Buffer.from(name).toString('latin1'));
    const text = (await readFile(file)).toString('latin1').replaceAll(old ?? from, () => own ?? folder);
    await writeFile(file, text, 'latin1');
    lutimesSync(file, atime, mtime);
  }
};
