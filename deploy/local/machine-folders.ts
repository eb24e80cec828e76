import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../host/remove-tree.ts';

/** Folders of machines, each empty when its machine boots, and gone with it. */
export type MachineFolders = {
  /** An empty folder for a boot of this machine. What an earlier boot left there goes. */
  open(machineId: string): string;
  /** Takes the folder away at once; its removal goes on in the background. */
  discard(machineId: string): void;
  /** Resolves when nothing of the machine is on the disk; rejects when something cannot be removed. */
  removed(machineId: string): Promise<void>;
  /** The same for all machines. Never rejects. */
  settled(): Promise<void>;
};

/**
 * Keeps machines' folders in `machines` and what is being removed in `discarded`, so that a machine that starts again
 * need not wait until thousands of files are gone. Machines end with this process: whatever is in either folder at the
 * start belongs to machines of an earlier one.
 */
export const createMachineFolders = (dataDir: string, onError: (error: unknown) => void): MachineFolders => {
  const [machines, discarded] = [join(dataDir, 'machines'), join(dataDir, 'discarded')];
  const removals = new Map<string, Promise<void>>();
  for (const folder of [machines, discarded]) mkdirSync(folder, { recursive: true, mode: 0o700 });

  const remove = (machineId: string, folder: string): void => {
    const before = removals.get(machineId);
    const removal = removeTree(folder).then(() => before);
    removals.set(machineId, removal);
    removal.then(() => {
      if (removals.get(machineId) === removal) removals.delete(machineId);
    }, onError);
  };

  const discard = (machineId: string): void => {
    const aside = join(discarded, randomUUID());
    try {
      renameSync(join(machines, machineId), aside);
    } catch (error) {
      const neverBooted = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!neverBooted) onError(error); // the next boot cannot make its folder, and fails with the reason
      return;
    }
    remove(machineId, aside);
  };

  for (const machineId of readdirSync(machines)) discard(machineId);
  for (const name of readdirSync(discarded)) remove(name, join(discarded, name));

  return {
    open(machineId) {
      discard(machineId);
      const folder = join(machines, machineId);
      mkdirSync(folder, { mode: 0o700 });
      return folder;
    },
    discard,
    removed: async (machineId) => removals.get(machineId),
    settled: async () => {
      await Promise.allSettled(removals.values());
    },
  };
};
