import { cpSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BoxImage } from '../box/image-files.ts';
import type { ChildUser } from '../child/environment.ts';
import { folderInside, partsOf } from './inside-root.ts';

const VOLUMES_MAX = 16;
const COPIED_BYTES_MAX = 256 * 1024 * 1024;
/** A box gives these places to every server already, or keeps them for itself. */
const CLOSED = new Set([
  '',
  'proc',
  'sys',
  'dev',
  'etc',
  'tmp',
  'run',
  'usr',
  'bin',
  'sbin',
  'lib',
  'lib64',
  '.catwalk',
]);

const ownAll = (path: string, { uid, gid }: ChildUser): void => {
  lchownSync(path, uid, gid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) ownAll(inner, { uid, gid });
    else lchownSync(inner, uid, gid);
  }
};

const bytesIn = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesIn(path) : lstatSync(path).size);
  }, 0);

export type VolumesOptions = {
  root: string;
  /** Absolute paths in the image. */
  paths: readonly string[];
  /** Takes the volumes. No program in a box sees this folder, so none can put a link in the place of a volume. */
  folder: string;
  /** The place of HOME in the box: a volume there is HOME itself. */
  home: string;
  user: ChildUser | null;
};

/**
 * Folders that an image declares, or `docker run -v name:/path` names, as places for data. Each begins with what the image
 * holds there, and stays as long as HOME does. Returns what a box binds.
 */
export const openVolumes = ({ root, paths, folder, home, user }: VolumesOptions): BoxImage['binds'][number][] => {
  const found: BoxImage['binds'][number][] = [];
  for (const path of [...new Set(paths)].slice(0, VOLUMES_MAX)) {
    const parts = partsOf(path);
    const original = folderInside(root, parts, !CLOSED.has(parts[0] ?? ''));
    if (original === null) continue;
    const inside = `/${relative(root, original)}`;
    const [top = '', ...below] = inside.slice(1).split('/');
    if ((CLOSED.has(top) && below.length === 0) || inside === home) continue;
    const outside = join(folder, encodeURIComponent(inside.slice(1)));
    if (!existsSync(outside)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (bytesIn(original) <= COPIED_BYTES_MAX) cpSync(original, outside, { recursive: true, verbatimSymlinks: true });
      else mkdirSync(outside, { mode: 0o700 });
      if (user) ownAll(outside, user);
    }
    found.push({ outside, inside });
  }
  return found;
};
