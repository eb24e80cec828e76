import { cp, lstat, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesBelow } from '../host/kept/bytes-below.ts';
import { removeTree } from '../host/remove-tree.ts';

/** The files that deployments on this computer keep over restarts and releases. None of the calls follows links. */
export type KeptData = {
  /** The folder of a deployment; it may not exist. */
  folderOf(deploymentId: string): string;
  /** Bytes of all files; 0 if nothing is kept. */
  bytes(deploymentId: string): Promise<number>;
  /** Removes everything. The deployment has no machine. */
  remove(deploymentId: string): Promise<void>;
  /** Replaces what a deployment keeps by a copy of another's. The deployment has no machine. */
  copy(fromId: string, toId: string): Promise<void>;
};

/** Sockets and pipes belong to a running program, and cannot be copied. */
const isKept = async (path: string): Promise<boolean> => {
  const found = await lstat(path);
  return found.isFile() || found.isDirectory() || found.isSymbolicLink();
};

const ID = /^[A-Za-z0-9-]{1,64}$/;

/** Opens the kept files below a data folder. Ids are checked: they become the names of folders. */
export const createKeptData = (dataDir: string): KeptData => {
  const root = join(dataDir, 'kept');
  const folderOf = (deploymentId: string): string => {
    if (!ID.test(deploymentId)) throw new TypeError('That is not the id of a deployment.');
    return join(root, deploymentId);
  };
  return {
    folderOf,
    bytes: (deploymentId) => bytesBelow(folderOf(deploymentId)),
    remove: (deploymentId) => removeTree(folderOf(deploymentId)),
    copy: async (fromId, toId) => {
      const [from, to] = [folderOf(fromId), folderOf(toId)];
      await mkdir(root, { recursive: true, mode: 0o700 });
      // Complete under another name first: a copy that breaks off must not pass for the whole.
      const half = `${to}.copying`;
      await removeTree(half);
      if ((await lstat(from).catch(() => null)) !== null)
        await cp(from, half, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, filter: isKept });
      else await mkdir(half, { mode: 0o711 });
      await removeTree(to);
      await rename(half, to);
    },
  };
};
