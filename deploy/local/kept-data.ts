import { cp, lstat, mkdir, rename, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { create } from 'tar';
import { bytesBelow } from '../host/kept/bytes-below.ts';
import { removeTree } from '../host/remove-tree.ts';
import type { KeptData } from '../kept-data.ts';

export type LocalKeptData = KeptData & { folderOf(deploymentId: string): string };

/** Sockets and pipes belong to a running program, and cannot be copied. */
const isKept = async (path: string): Promise<boolean> => {
  const found = await lstat(path);
  return found.isFile() || found.isDirectory() || found.isSymbolicLink();
};

const freeBytesOf = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

const ID = /^[A-Za-z0-9-]{1,64}$/;

/** Opens the kept files below a data folder. Ids are checked: they become the names of folders. */
export const createKeptData = (dataDir: string, freeBytes = freeBytesOf): LocalKeptData => {
  const root = join(dataDir, 'kept');
  const folderOf = (deploymentId: string): string => {
    if (!ID.test(deploymentId)) throw new TypeError('That is not the id of a deployment.');
    return join(root, deploymentId);
  };
  /** A copy takes half of the free space at most. The holes of a sparse file are bytes of its copy. */
  const hasRoom = async (from: string): Promise<boolean> => {
    await mkdir(root, { recursive: true, mode: 0o700 });
    return (await bytesBelow(from)) * 2 <= (await freeBytes(root));
  };
  /** Complete under another name first: a copy that breaks off must not pass for the whole. */
  const copyTo = async (from: string, half: string): Promise<void> => {
    await removeTree(half);
    if ((await lstat(from).catch(() => null)) !== null)
      await cp(from, half, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, filter: isKept });
    else await mkdir(half, { mode: 0o711 });
  };
  /** Copies under way, by folder: null while one is used, then the removal of it. */
  const copies = new Map<string, Promise<void> | null>();
  /** Resolves to the removal of the copy. */
  const copyBeside = async (from: string, copied: string): Promise<(() => Promise<void>) | 'busy' | 'no room'> => {
    await copies.get(copied);
    if (copies.has(copied)) return 'busy';
    copies.set(copied, null);
    const forget = (): Promise<void> => {
      const gone = removeTree(copied)
        .catch(() => undefined) // the next copy removes what is left
        .finally(() => copies.delete(copied));
      copies.set(copied, gone);
      return gone;
    };
    try {
      if (await hasRoom(from)) {
        await copyTo(from, copied);
        return forget;
      }
    } catch (error) {
      await forget();
      throw error;
    }
    await forget();
    return 'no room';
  };
  /** Sizes that are being measured, once for everyone who waits for them. */
  const measured = new Map<string, Promise<number>>();
  const setAside = async (folder: string): Promise<() => Promise<void>> => {
    const aside = `${folder}.aside`;
    await removeTree(aside);
    if ((await lstat(folder).catch(() => null)) !== null) await rename(folder, aside);
    return () => removeTree(aside);
  };

  return {
    folderOf,
    bytes: (deploymentId) => {
      const folder = folderOf(deploymentId);
      const measuring = measured.get(folder) ?? bytesBelow(folder).finally(() => measured.delete(folder));
      measured.set(folder, measuring);
      return measuring;
    },
    remove: async (deploymentId) => {
      const folder = folderOf(deploymentId);
      for (const end of ['', '.archiving', '.copying', '.aside']) await removeTree(`${folder}${end}`);
    },
    setAside: (deploymentId) => setAside(folderOf(deploymentId)),
    prepareCopy: async (fromId, toId) => {
      const [from, to] = [folderOf(fromId), folderOf(toId)];
      const copied = `${to}.copying`;
      const discardCopy = await copyBeside(from, copied);
      if (typeof discardCopy === 'string') return discardCopy;
      let discardReplaced = async () => {};
      return {
        replace: async () => {
          discardReplaced = await setAside(to);
          await rename(copied, to);
        },
        discard: async () => {
          await discardCopy();
          await discardReplaced();
        },
      };
    },
    archive: async (deploymentId) => {
      const from = folderOf(deploymentId);
      const copied = `${from}.archiving`;
      const discard = await copyBeside(from, copied);
      if (typeof discard === 'string') return discard;
      // No program can change the copy, so that no link can lead out of it while it is read.
      const stream = Readable.from(create({ gzip: true, cwd: copied, portable: true }, ['.']));
      stream.once('close', () => void discard());
      return stream;
    },
  };
};
