import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A socket's path has to fit into `sun_path`: 104 bytes on macOS, 108 on Linux, with the final zero. */
const PATH_BYTES_MAX = 100;

/** Below the data folder, or, where that is too deep, in a short folder of this user's own. */
export const chooseSocketPath = (dataDir: string): string => {
  const path = resolve(dataDir, 'run', 'machines.sock');
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return path;
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  return join(tmpdir(), `catwalk-${userInfo().uid}`, `${name}.sock`);
};

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((answered) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      answered(true);
    });
    socket.once('error', () => answered(false));
  });

/**
 * Ensures a folder that only this user can enter, without a socket in it. A process that can open the socket can read
 * every credential, so a folder that other users may enter, or that belongs to another user, is refused.
 */
export const prepareSocketPath = async (path: string): Promise<void> => {
  const folder = dirname(path);
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await chmod(folder, 0o700);
  const found = await lstat(folder);
  const mine = userInfo().uid === -1 || found.uid === userInfo().uid;
  if (!found.isDirectory() || !mine || (found.mode & 0o077) !== 0)
    throw new Error(`The folder ${folder} must belong to this user and be closed to others (chmod 700).`);
  if (await isAnswered(path)) throw new Error(`Another local Machines API answers at ${path}. Stop it first.`);
  await rm(path, { force: true });
};
