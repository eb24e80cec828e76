import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of all files below a folder. Links are not followed; what is removed meanwhile counts nothing. */
export const bytesBelow = async (folder: string): Promise<number> => {
  let bytes = 0;
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    // One by one: a server may put millions of files into a folder.
    for await (const entry of (await opendir(next).catch(() => null)) ?? []) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else bytes += (await lstat(path).catch(() => null))?.size ?? 0;
    }
  return bytes;
};
