import { cp, lstat, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { create } from 'tar';
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
  /**
   * Takes a copy of what a deployment keeps, which has no machine at that moment, and resolves to the archive of it
   * (tar, gzip). The copy is removed with the end of the stream. Null while another one is being read.
   */
  archive(deploymentId: string): Promise<Readable | null>;
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
  /** Complete under another name first: a copy that breaks off must not pass for the whole. */
  const copyTo = async (from: string, half: string): Promise<void> => {
    await mkdir(root, { recursive: true, mode: 0o700 });
    await removeTree(half);
    if ((await lstat(from).catch(() => null)) !== null)
      await cp(from, half, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, filter: isKept });
    else await mkdir(half, { mode: 0o711 });
  };
  /** Archives under way: null while one is read, then the removal of its copy. */
  const archiving = new Map<string, Promise<void> | null>();

  return {
    folderOf,
    bytes: (deploymentId) => bytesBelow(folderOf(deploymentId)),
    remove: async (deploymentId) => {
      const folder = folderOf(deploymentId);
      for (const path of [folder, `${folder}.archiving`]) await removeTree(path);
    },
    copy: async (fromId, toId) => {
      const [from, to] = [folderOf(fromId), folderOf(toId)];
      const half = `${to}.copying`;
      await copyTo(from, half);
      await removeTree(to);
      await rename(half, to);
    },
    archive: async (deploymentId) => {
      const from = folderOf(deploymentId);
      await archiving.get(deploymentId);
      if (archiving.has(deploymentId)) return null;
      archiving.set(deploymentId, null);
      const copied = `${from}.archiving`;
      const forget = (): Promise<void> => {
        const gone = removeTree(copied)
          .catch(() => undefined) // the next archive removes what is left
          .finally(() => archiving.delete(deploymentId));
        archiving.set(deploymentId, gone);
        return gone;
      };
      try {
        await copyTo(from, copied);
      } catch (error) {
        await forget();
        throw error;
      }
      // No program can change the copy, so that no link can lead out of it while it is read.
      const stream = Readable.from(create({ gzip: true, cwd: copied, portable: true }, ['.']));
      stream.once('close', () => void forget());
      return stream;
    },
  };
};
