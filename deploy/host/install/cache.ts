import { createHash, randomUUID } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildUser } from '../child/environment.ts';

const MARKER = 'catwalk-install.json';

/** What an installation left behind: how to start it, relative to its folder. */
export type InstallMarker = {
  name: string;
  version: string | null;
  bin: string;
  /** What runs the bin: the host's own Node, the installation's own Python, or nothing but itself. */
  interpreter: 'node' | 'python' | null;
  interpreterArgs: string[];
  packages: number;
  bytes: number;
  /** Why the package may fail to start although it installed: the engines it asks for. */
  engineWarning: string | null;
};

export type Installed = { folder: string; marker: InstallMarker; cached: boolean };

const readMarker = async (folder: string): Promise<InstallMarker | null> => {
  try {
    return JSON.parse(await readFile(join(folder, MARKER), 'utf8')) as InstallMarker; // written below, by us
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null; // node:fs errors carry a code
    throw error;
  }
};

/**
 * Finds the installation for `key`, or makes it. A folder appears under its final name only when it is complete, so
 * a host that dies in mid-install leaves nothing half-made, and two hosts that install the same at once both end with
 * one complete copy: the rename of the second fails, and it takes the first's.
 */
export const ensureInstalled = async (options: {
  cacheDir: string;
  key: unknown;
  user: ChildUser | null;
  install: (folder: string) => Promise<InstallMarker>;
}): Promise<Installed> => {
  const name = createHash('sha256').update(JSON.stringify(options.key)).digest('hex').slice(0, 32);
  const folder = join(options.cacheDir, name);
  const known = await readMarker(folder);
  if (known) return { folder, marker: known, cached: true };

  const temporary = join(options.cacheDir, `.installing-${name}-${randomUUID()}`);
  await mkdir(temporary, { recursive: true });
  if (options.user) await chown(temporary, options.user.uid, options.user.gid);
  try {
    const marker = await options.install(temporary);
    await writeFile(join(temporary, MARKER), JSON.stringify(marker));
    try {
      await rename(temporary, folder);
    } catch (error) {
      const winner = await readMarker(folder);
      if (!winner) throw error;
      return { folder, marker: winner, cached: true };
    }
    return { folder, marker, cached: false };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};
