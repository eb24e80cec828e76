import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const RETRIES_MAX = 5;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Opens every folder below: programs make some that not even their owner may write to, such as Go's module cache. */
const openFolders = async (folder: string): Promise<void> => {
  const stats = await lstat(folder).catch(() => null); // gone already
  if (!stats?.isDirectory()) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await openFolders(join(folder, entry.name));
};

/** Removes a folder with all that is in it, closed folders too. A folder that does not exist is removed already. */
export const removeTree = async (folder: string): Promise<void> => {
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: RETRIES_MAX });
  try {
    await remove();
  } catch (error) {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error;
    await openFolders(folder);
    await remove();
  }
};
