import { chmod, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { StartError } from './start-error.ts';

const OTHERS = 0o077;
const STICKY = 0o1000;
/** Files with secrets, which no other user may read whatever folder they are in. */
const SECRET_FILES = ['secrets.json', 'cli.json'];
/** Entries by which a folder is known to be Catwalk's. */
const OWN_ENTRIES = new Set([...SECRET_FILES, 'database', 'lock.sqlite']);

/** Windows has no such permissions: its folders belong to their user. */
const hasModes = process.platform !== 'win32';

/**
 * Closes a data folder and the secrets in it to other users of the computer. Returns the paths that were open. Throws
 * StartError for a folder that cannot be closed, or that holds files of other programs too, which may need it open.
 */
export async function closeToOthers(folder: string): Promise<string[]> {
  if (!hasModes) return [];
  const repaired: string[] = [];
  const { mode } = await stat(folder);
  if ((mode & OTHERS) !== 0) {
    const entries = await readdir(folder);
    const isOwn = entries.length === 0 || entries.some((entry) => OWN_ENTRIES.has(entry));
    if (!isOwn || (mode & STICKY) !== 0) throw openFolder(folder);
    await close(folder, 0o700);
    repaired.push(folder);
  }
  for (const name of SECRET_FILES) {
    const file = path.join(folder, name);
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (found === null || (found.mode & OTHERS) === 0) continue;
    await close(file, 0o600);
    repaired.push(file);
  }
  return repaired;
}

async function close(target: string, mode: number): Promise<void> {
  try {
    await chmod(target, mode);
  } catch (cause) {
    throw new StartError(
      `Other users of this computer can open ${target}, and this user cannot change that.`,
      `Let its owner run chmod ${mode.toString(8)} ${target}, or set CATWALK_DATA_DIR to a folder of this user.`,
      { cause },
    );
  }
}

const openFolder = (folder: string) =>
  new StartError(
    `Other users of this computer can open the data folder ${folder}, and it holds files of other programs.`,
    'Set CATWALK_DATA_DIR to a folder for Catwalk alone.',
  );
