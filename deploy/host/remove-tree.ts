import { randomUUID } from 'node:crypto';
import { chmod, lstat, opendir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** So many entries are read, and files removed, at once: a folder may hold millions. */
const ENTRIES_AT_ONCE = 64;
/** Looks at a folder that stays full although nothing in it could be removed. */
const FUTILE_MAX = 5;
const LIMIT_MS = 10 * 60_000;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const unlessGone = (error: unknown): void => {
  if (codeOf(error) !== 'ENOENT') throw error;
};

/** Programs make folders that not even their owner may write to, such as those of Go's module cache. */
const opened = async <Result>(folder: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error;
    if ((await lstat(folder)).isDirectory()) await chmod(folder, 0o700);
    return work();
  }
};

/**
 * Removes the files of a folder, and hands its folders over one by one. Resolves to the number of its entries.
 * The handle of the folder is closed by the end of its iteration.
 */
const empty = async (folder: string, takeFolder: (path: string) => Promise<unknown>): Promise<number> => {
  let entries = 0;
  let files: Promise<void>[] = [];
  for await (const entry of await opendir(folder, { bufferSize: ENTRIES_AT_ONCE })) {
    const path = join(folder, entry.name);
    entries += 1;
    if (entry.isDirectory()) await takeFolder(path);
    else files.push(unlink(path).catch(unlessGone));
    if (files.length < ENTRIES_AT_ONCE) continue;
    await Promise.all(files);
    files = [];
  }
  await Promise.all(files);
  return entries;
};

/**
 * Removes a folder with all that is in it, closed folders too. A folder that does not exist is removed already. However
 * wide or deep it is, this needs the memory of some entries: folders inside folders move to the top before they are
 * opened, so that no path grows. Fails with ETIMEDOUT when that takes too long: what is left can be removed later.
 */
export const removeTree = async (root: string, limitMs = LIMIT_MS): Promise<void> => {
  const until = performance.now() + limitMs;
  const mark = `.removed-${randomUUID()}-`;
  let moved = 0;

  const moveUp = (folder: string, from: string): Promise<void> => {
    moved += 1;
    const to = join(root, `${mark}${moved}`);
    // A folder is written to when it moves: its entry `..` changes.
    return opened(from, () => opened(folder, () => rename(folder, to))).catch(unlessGone);
  };
  const removeFolder = async (folder: string): Promise<void> => {
    if (performance.now() > until)
      throw Object.assign(new Error(`Removing ${root} takes too long.`), { code: 'ETIMEDOUT' });
    await opened(folder, () => empty(folder, (inner) => moveUp(inner, folder)));
    await rmdir(folder);
  };
  const removeInside = (folder: string): Promise<void> =>
    removeFolder(folder).catch((error: unknown) => {
      // Files that came in at the same time are left to the next look.
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTEMPTY') throw error;
    });

  const found = await lstat(root).catch((error: unknown) => {
    unlessGone(error);
    return null;
  });
  if (found === null) return;
  if (!found.isDirectory()) return unlink(root).catch(unlessGone);
  for (let futile = 0; ; ) {
    const before = moved;
    try {
      await opened(root, () => empty(root, removeInside));
      await rmdir(root);
      return;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return; // another process was faster
      futile = moved === before ? futile + 1 : 0;
      if (codeOf(error) !== 'ENOTEMPTY' || futile > FUTILE_MAX) throw error;
    }
  }
};
