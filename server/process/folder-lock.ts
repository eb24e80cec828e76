import { chmodSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const LOCK_FILE = 'lock.sqlite';
/** SQLite's result code for a lock that another connection holds. */
const SQLITE_BUSY = 5;

export type FolderLock = { release(): void };

/** Locks that this process holds. Without a reference the garbage collector would close a database and free its lock. */
const held = new Set<DatabaseSync>();

/**
 * Takes the one lock of a folder, or returns null when another process has it. SQLite takes a POSIX lock on a file: the
 * kernel keeps it with the file, so that it holds between containers, whose network and process ids are apart, and
 * frees it when the process dies, in whatever way. The file stays empty.
 */
export function lockFolder(folder: string): FolderLock | null {
  const file = path.join(folder, LOCK_FILE);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    chmodSync(file, 0o600);
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return null;
    throw error;
  }
  held.add(database);
  return {
    release: () => {
      if (held.delete(database)) database.close();
    },
  };
}
