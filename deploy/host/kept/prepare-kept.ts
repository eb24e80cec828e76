import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildUser } from '../child/environment.ts';
import { KEPT_BYTES_MAX } from '../contract.ts';
import { failWith } from '../failure.ts';
import { PACKAGE_FOLDER } from '../install/cache.ts';
import { restoreBeside } from './beside.ts';
import { bytesBelow } from './bytes-below.ts';
import type { KeptFolder } from './kept-files.ts';

/** The user of a deployment's servers changes when its machines get a box, or lose theirs. */
const own = (folder: string, { uid, gid }: ChildUser): void => {
  lchownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) own(path, { uid, gid });
    else lchownSync(path, uid, gid);
  }
};

/**
 * Makes kept files those of a new workspace: a new HOME begins with what the installation put into its own, and files
 * beside the code come back. Fails when more is kept than is allowed.
 */
export const prepareKept = async (
  kept: KeptFolder,
  { folder, home, user }: { folder: string; home: string; user: ChildUser | null },
): Promise<void> => {
  if (user !== null && lstatSync(kept.home).uid !== user.uid) own(kept.home, user);
  if (readdirSync(kept.home).length === 0)
    for (const name of readdirSync(home)) await rename(join(home, name), join(kept.home, name));
  const bytes = await bytesBelow(join(kept.home, '..'));
  if (bytes > KEPT_BYTES_MAX)
    failWith('DISK_FULL', `The server keeps ${Math.round(bytes / 1024 / 1024)} MB of files, which is too much.`, {
      hint: `Clear its data in the settings of the deployment; up to ${KEPT_BYTES_MAX / 1024 / 1024} MB are kept.`,
    });
  await restoreBeside(kept.beside, join(folder, PACKAGE_FOLDER), user);
};
