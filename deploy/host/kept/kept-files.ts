import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildUser } from '../child/environment.ts';
import { isRecord, isText } from '../records.ts';
import { removeTree } from '../remove-tree.ts';

/** A folder that outlives its machine: HOME of one owner's servers, and what they wrote beside their code. */
export type KeptFolder = {
  readonly home: string;
  /** Files beside the code, at their paths in the copy of the package. */
  readonly beside: string;
};

/**
 * The files that a deployment keeps over restarts and releases, one folder for each owner of workspaces (owner.ts).
 * A new folder has no owner until a caller takes it over; one without an owner is removed.
 */
export type KeptFiles = {
  /** The owner's folder; null if it has none yet. */
  find(owner: string): KeptFolder | null;
  create(): KeptFolder;
  /** Makes a folder the owner's, or takes it back with null. */
  assign(folder: KeptFolder, owner: string | null): void;
  /** The owner who used its folder last; null if there is none. */
  latestOwner(): string | null;
  /** Removes a folder without an owner. */
  discard(folder: KeptFolder): Promise<void>;
};

type Entry = { folder: string; usedAt: number };

const INDEX = 'index.json';

const parseIndex = (text: string): Map<string, Entry> => {
  const value: unknown = JSON.parse(text);
  const owners = new Map<string, Entry>();
  if (!isRecord(value)) return owners;
  for (const [owner, entry] of Object.entries(value))
    if (isRecord(entry) && isText(entry['folder']) && /^[\w-]+$/.test(entry['folder']))
      owners.set(owner, { folder: entry['folder'], usedAt: Number(entry['usedAt']) || 0 });
  return owners;
};

/**
 * Opens the kept files of a deployment in `root`, which may not exist yet. Two hosts of one deployment, as during a
 * release, may use it at once: the index is read again before each change, and replaced by a rename.
 */
export const openKeptFiles = (root: string, user: ChildUser | null, now: () => number = Date.now): KeptFiles => {
  mkdirSync(root, { recursive: true, mode: 0o711 });
  const index = join(root, INDEX);

  const read = (): Map<string, Entry> => {
    try {
      return parseIndex(readFileSync(index, 'utf8'));
    } catch {
      return new Map(); // none yet
    }
  };
  const write = (owners: Map<string, Entry>): void => {
    const temporary = `${index}.${randomUUID()}`;
    writeFileSync(temporary, JSON.stringify(Object.fromEntries(owners)), { mode: 0o600 });
    renameSync(temporary, index);
  };
  const folderOf = (name: string): KeptFolder => ({
    home: join(root, name, 'home'),
    beside: join(root, name, 'beside'),
  });
  const nameOf = (folder: KeptFolder): string => folder.home.split('/').at(-2) ?? '';

  return {
    find: (owner) => {
      const entry = read().get(owner);
      return entry === undefined ? null : folderOf(entry.folder);
    },
    create: () => {
      const folder = folderOf(randomUUID());
      for (const path of [join(folder.home, '..'), folder.home, folder.beside]) {
        mkdirSync(path, { mode: 0o700 });
        chmodSync(path, 0o700);
        if (user) chownSync(path, user.uid, user.gid);
      }
      return folder;
    },
    assign: (folder, owner) => {
      const owners = read();
      const name = nameOf(folder);
      for (const [known, entry] of owners) if (entry.folder === name && known !== owner) owners.delete(known);
      if (owner !== null) owners.set(owner, { folder: name, usedAt: now() });
      write(owners);
    },
    latestOwner: () => {
      const [latest] = [...read()].sort(([, a], [, b]) => b.usedAt - a.usedAt);
      return latest?.[0] ?? null;
    },
    discard: async (folder) => {
      if ([...read().values()].some((entry) => entry.folder === nameOf(folder))) return;
      await removeTree(join(folder.home, '..'));
    },
  };
};
