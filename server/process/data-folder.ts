import { createHash } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import path from 'node:path';
import { StartError } from './start-error.ts';

export type DataFolder = {
  /** Its real path. */
  path: string;
  release: () => Promise<void>;
};

/**
 * Makes the data folder and holds it for this process alone: two on one embedded database lose rows. The lock is a
 * listening socket, so it ends with the process however that dies. On Linux its name is an abstract one that follows
 * from the folder's real path, and nothing is left behind; elsewhere it is a file, which is removed when nobody
 * answers on it.
 */
export async function holdDataFolder(directory: string): Promise<DataFolder> {
  const folder = await makeDataFolder(directory);
  const name = lockName(folder);
  const server = (await listen(name)) ?? (await takeOver(name));
  if (server === null) {
    throw new StartError(
      `Another Catwalk server already uses the data folder ${folder}.`,
      'Stop that one, or give this one its own folder: CATWALK_DATA_DIR=/another/folder',
    );
  }
  server.unref(); // the lock alone keeps no process alive
  return { path: folder, release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Makes the data folder and returns its real path. */
export async function makeDataFolder(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StartError(
      `The data folder ${directory} cannot be made.`,
      'Set CATWALK_DATA_DIR to a folder that can be written.',
      { cause },
    );
  }
  return realpath(directory);
}

const isAbstract = process.platform === 'linux';

function lockName(folder: string): string {
  if (!isAbstract) return path.join(folder, 'lock.sock');
  return `\0catwalk-${createHash('sha256').update(folder).digest('hex')}`;
}

/** Null when the name is taken. */
function listen(name: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(name, () => resolve(server));
  });
}

/** A socket file outlives its process; it is free when nobody answers on it. */
async function takeOver(name: string): Promise<Server | null> {
  if (isAbstract) return null;
  const isAnswered = await new Promise<boolean>((resolve) => {
    const socket = createConnection(name);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });
  if (isAnswered) return null;
  await rm(name, { force: true });
  return listen(name);
}
