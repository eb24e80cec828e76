import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** A place that a server can write to, by the file that it wrote. */
export type Written = { where: 'code' | 'HOME' | 'work'; file: string; bytes: number };

const FILES_MAX = 200_000;

/** The files below a folder that changed since a time, in the order of the folder. */
export async function writtenSince(where: Written['where'], folder: string, sinceMs: number): Promise<Written[]> {
  const found: Written[] = [];
  const folders = [folder];
  for (let seen = 0; folders.length > 0 && seen < FILES_MAX; ) {
    const current = folders.pop() ?? folder;
    for (const entry of await readdir(current, { withFileTypes: true })) {
      seen += 1;
      const full = path.join(current, entry.name);
      if (entry.isDirectory()) folders.push(full);
      if (!entry.isFile()) continue;
      const { mtimeMs, size } = await stat(full);
      if (mtimeMs > sinceMs) found.push({ where, file: path.relative(folder, full), bytes: size });
    }
  }
  return found.sort((a, b) => a.file.localeCompare(b.file));
}
