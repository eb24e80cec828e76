import { lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from './image-error.ts';

/** As many as Linux follows. */
const LINKS_MAX = 40;
const PATH_CHARACTERS_MAX = 4_096;

export const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** The parts of a path below the root: `..` never leads above it, as in a process with that root. */
export const partsOf = (path: string): string[] => {
  if (path.length > PATH_CHARACTERS_MAX || path.includes('\0'))
    throw new ImageError('damaged', 'The image holds a path that is too long or not one.');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts;
};

/**
 * The folder of this computer that a path inside of an unpacked root leads to, with every link read as a process with
 * that root would: no link leads out. Folders that are missing are made where `make` says so; null where one is missing
 * otherwise, or where the path runs into a file.
 */
export const folderInside = (root: string, path: readonly string[], make: boolean): string | null => {
  const ahead = [...path];
  let inside: string[] = [];
  let links = 0;
  while (ahead.length > 0) {
    const part = ahead.shift() ?? '';
    if (part === '..') {
      inside = inside.slice(0, -1);
      continue;
    }
    const at = join(root, ...inside, part);
    const found = statOf(at);
    if (found === undefined) {
      if (!make) return null;
      mkdirSync(at, { mode: 0o755 });
    } else if (found.isSymbolicLink()) {
      links += 1;
      if (links > LINKS_MAX) throw new ImageError('damaged', 'The image holds links that lead in a circle.');
      const target = readlinkSync(at);
      if (target.startsWith('/')) inside = [];
      ahead.unshift(...target.split('/').filter((one) => one !== '' && one !== '.'));
      continue;
    } else if (!found.isDirectory()) return null;
    inside.push(part);
  }
  return join(root, ...inside);
};

/**
 * The place of a path inside of a root, with its own last part not followed; null for the root itself, and where no
 * folder is above it.
 */
export const placeInside = (root: string, path: string, make: boolean): string | null => {
  const parts = partsOf(path);
  const last = parts.pop();
  if (last === undefined) return null;
  const folder = folderInside(root, parts, make);
  return folder === null ? null : join(folder, last);
};
