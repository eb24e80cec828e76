import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isRecord, parseJson } from '../records.ts';
import { removeTree } from '../remove-tree.ts';

/** Holds a file for each host that uses the entry, named by its process; its time is that of the last use. */
const USERS = 'used';
/** Descriptions of entries, written last: what has none is being made. */
const DESCRIPTIONS = { installation: 'manifest.json', image: 'image.json' };
const IMAGES = 'images';
const READY = 'ready';
const DISCARDED = '.discarded-';
const INSTALLATION_NAME = /^[0-9a-f]{32}$/;
const IMAGE_NAME = /^sha256-[0-9a-f]{64}$/;

/** Says that this process uses an entry of the cache, from now until it ends. */
export const markUsed = async (entry: string): Promise<void> => {
  const users = join(entry, USERS);
  await mkdir(users, { recursive: true, mode: 0o700 });
  await writeFile(join(users, String(process.pid)), '');
  const now = new Date();
  await utimes(users, now, now);
};

type Entry = { folder: string; bytes: number; usedAtMs: number };

const bytesIn = async (description: string): Promise<number | null> => {
  const value = parseJson(await readFile(description, 'utf8').catch(() => '')); // absent: it is being made, or removed
  if (!isRecord(value)) return null;
  const bytes = isRecord(value['program']) ? value['program']['bytes'] : value['bytes'];
  return typeof bytes === 'number' ? bytes : null;
};

const entryAt = async (folder: string, description: string): Promise<Entry | null> => {
  const path = join(folder, description);
  const bytes = await bytesIn(path);
  // An entry that no host has marked yet was used when it was made.
  const used = (await stat(join(folder, USERS)).catch(() => null)) ?? (await stat(path).catch(() => null));
  if (bytes === null || used === null) return null;
  return { folder, bytes: existsSync(join(folder, READY)) ? bytes * 2 : bytes, usedAtMs: used.mtimeMs };
};

const namesIn = async (folder: string): Promise<string[]> => await readdir(folder).catch(() => []); // there is none

const entriesOf = async (cacheDir: string): Promise<Entry[]> => {
  const images = join(cacheDir, IMAGES);
  const [installations, unpacked] = await Promise.all([namesIn(cacheDir), namesIn(images)]);
  const found = await Promise.all([
    ...installations
      .filter((name) => INSTALLATION_NAME.test(name))
      .map((name) => entryAt(join(cacheDir, name), DESCRIPTIONS.installation)),
    ...unpacked.filter((name) => IMAGE_NAME.test(name)).map((name) => entryAt(join(images, name), DESCRIPTIONS.image)),
  ]);
  return found.filter((entry) => entry !== null);
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it is there, and another user's
  }
};

/** True while a host uses the entry. Marks of hosts that have ended are removed. */
const isInUse = async (entry: string): Promise<boolean> => {
  const users = join(entry, USERS);
  for (const name of await namesIn(users)) {
    if (isAlive(Number(name))) return true;
    await unlink(join(users, name)).catch(() => undefined); // another host removed it too
  }
  return false;
};

/** Resolves to true if the entry is gone. A host that has begun to use it in the meantime keeps it. */
const discard = async (entry: string, cacheDir: string): Promise<boolean> => {
  const aside = join(cacheDir, `${DISCARDED}${randomUUID()}`);
  try {
    await rename(entry, aside);
  } catch {
    return false; // another host removes it
  }
  if (await isInUse(aside)) {
    const isBack = await rename(aside, entry).then(
      () => true,
      () => false, // that host has made it again
    );
    if (isBack) return false;
  }
  await removeTree(aside);
  return true;
};

export type RoomOptions = {
  cacheDir: string;
  /** All installations and images together. */
  bytesMax: number;
  log: (line: string) => void;
};

/**
 * Removes installations and unpacked images that were not used for the longest time, until the cache is as small as it
 * may be. One that a host uses stays, however large the cache is.
 */
export const makeRoom = async ({ cacheDir, bytesMax, log }: RoomOptions): Promise<void> => {
  const entries = (await entriesOf(cacheDir)).sort((a, b) => a.usedAtMs - b.usedAtMs);
  let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  let removed = 0;
  for (const entry of entries) {
    if (bytes <= bytesMax) break;
    if ((await isInUse(entry.folder)) || !(await discard(entry.folder, cacheDir))) continue;
    bytes -= entry.bytes;
    removed += 1;
  }
  if (removed > 0)
    log(
      `Removed ${removed} ${removed === 1 ? 'entry' : 'entries'} of the cache that nothing has used for the longest time.`,
    );
};

/** An entry is in use from now on. Where it is a new one, what was not used for long may go for it. */
export const enterUse = async (
  { folder, cached }: { folder: string; cached: boolean },
  { cacheDir, cacheBytesMax, log }: { cacheDir: string; cacheBytesMax?: number; log: (line: string) => void },
): Promise<void> => {
  await markUsed(folder);
  if (!cached && cacheBytesMax !== undefined)
    await makeRoom({ cacheDir: resolve(cacheDir), bytesMax: cacheBytesMax, log });
};
