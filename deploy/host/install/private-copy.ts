import { randomUUID } from 'node:crypto';
import { existsSync, lchownSync } from 'node:fs';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildUser } from '../child/environment.ts';
import { removeTree } from '../remove-tree.ts';
import type { CacheEntry } from './cache.ts';
import { copyFiles } from './copy-files.ts';
import { AlteredError, checkAll } from './inventory.ts';
import { relocate } from './relocation.ts';
import { seal } from './seal.ts';

/** A copy of an entry's files that no program has run from, for the next machine to take. */
const READY = 'ready';
const READY_FILES = 'files';
/** Written when the copy is complete: what changed later is not a copy. */
const READY_SEAL = 'sealed';
const COPYING_NAME = /^copying-/;
/** An unfinished copy of this age was left behind by a host that died. */
const LEFTOVER_AFTER_MS = 10 * 60_000;

const COPIES_AT_ONCE = 16;
/** In the background: calls come first. */
const BACKGROUND_COPIES_AT_ONCE = 2;

export type PrivateCopyOptions = { user: ChildUser | null; signal: AbortSignal };

/** Takes the ready copy, if there is one: a rename, which one host alone can win. Resolves to false when there is none. */
const takeReady = async (entry: CacheEntry, to: string): Promise<boolean> => {
  const taken = `${to}.taken`;
  try {
    await rename(join(entry.folder, READY), taken);
  } catch {
    return false; // none is there, or the machine's folder is on another file system
  }
  try {
    const { ctimeMs } = await stat(join(taken, READY_SEAL));
    await checkAll(join(taken, READY_FILES), entry.manifest.inventory, ctimeMs);
    await rename(join(taken, READY_FILES), to);
    return true;
  } catch (error) {
    if (error instanceof AlteredError) return false;
    throw error;
  } finally {
    await removeTree(taken);
  }
};

/** Gives a copy that the host has made to the user of its machine's programs. */
const give = ({ manifest: { inventory } }: CacheEntry, folder: string, { uid, gid }: ChildUser): void => {
  lchownSync(folder, uid, gid);
  for (const path of inventory.folders) lchownSync(join(folder, path), uid, gid);
  for (const { path } of [...inventory.files, ...inventory.links]) lchownSync(join(folder, path), uid, gid);
};

/**
 * Makes a writable copy of an installation that shares nothing with the cache, in a folder that does not exist yet.
 * Rejects with AlteredError when the entry is not what was installed; the folder may then be half-made.
 */
export const copyEntry = async (entry: CacheEntry, to: string, options: PrivateCopyOptions): Promise<void> => {
  const { inventory, relocation } = entry.manifest;
  if (await takeReady(entry, to)) {
    if (options.user !== null) give(entry, to, options.user);
  } else
    await copyFiles(entry.files, to, {
      ...options,
      inventory,
      sealedAtMs: entry.sealedAtMs,
      copiesAtOnce: COPIES_AT_ONCE,
    });
  await relocate(to, relocation);
};

const isBeingCopied = async (folder: string): Promise<boolean> => {
  let found = false;
  for (const name of await readdir(folder)) {
    if (!COPYING_NAME.test(name)) continue;
    const stats = await stat(join(folder, name)).catch(() => null); // its host has finished it
    if (stats === null) continue;
    if (Date.now() - stats.mtimeMs < LEFTOVER_AFTER_MS) found = true;
    else await removeTree(join(folder, name));
  }
  return found;
};

/**
 * Makes the ready copy of an entry unless there is one, so that the next machine starts without copying. Two hosts that
 * do so at once both make one; the second's is removed.
 */
export const prepareCopy = async (entry: CacheEntry, signal: AbortSignal): Promise<void> => {
  const ready = join(entry.folder, READY);
  if (existsSync(ready) || (await isBeingCopied(entry.folder))) return;
  const copying = join(entry.folder, `copying-${randomUUID()}`);
  try {
    await mkdir(copying, { mode: 0o700 });
    await copyFiles(entry.files, join(copying, READY_FILES), {
      inventory: entry.manifest.inventory,
      sealedAtMs: entry.sealedAtMs,
      user: null,
      signal,
      copiesAtOnce: BACKGROUND_COPIES_AT_ONCE,
    });
    await writeFile(join(copying, READY_SEAL), '');
    await seal(join(copying, READY_SEAL));
    await rename(copying, ready).catch((error: unknown) => {
      if (!existsSync(ready)) throw error; // else another host was quicker
    });
  } finally {
    await removeTree(copying);
  }
};
