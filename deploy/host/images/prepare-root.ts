import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageConfig } from './image-config.ts';
import { ImageError } from './image-error.ts';
import { folderInside, partsOf, statOf } from './inside-root.ts';

/** Files that a box covers with its own; they must be there to be covered. */
const COVERED = ['passwd', 'group', 'hosts', 'resolv.conf'];
const ACCOUNTS_BYTES_MAX = 256 * 1024;

/** Makes a folder inside of a root, with those above it. Throws an ImageError where a file is in its way. */
export const makeFolder = (root: string, path: string): string => {
  const folder = folderInside(root, partsOf(path), true);
  if (folder === null)
    throw new ImageError('unsupported', `The image has a file at ${path}, where a folder is needed.`);
  return folder;
};

/** Gives an unpacked root the places that a box needs: for its own files, the working directory and declared volumes. */
export const prepareRoot = (root: string, config: ImageConfig): void => {
  const etc = join(root, 'etc');
  makeFolder(root, '/etc');
  if (!statOf(etc)?.isDirectory())
    throw new ImageError('unsupported', 'The image has a link at /etc, where a folder is needed.');
  // The loader would run what it names in the programs of the box itself, which change the user.
  rmSync(join(etc, 'ld.so.preload'), { recursive: true, force: true });
  for (const name of COVERED) {
    const path = join(etc, name);
    if (statOf(path)?.isFile()) continue;
    rmSync(path, { recursive: true, force: true });
    writeFileSync(path, '', { mode: 0o644 });
  }
  for (const path of [config.workingDir, ...config.volumes]) makeFolder(root, path);
};

/** The accounts of the image, with one more for the user that the server runs as. */
export const accountsFor = (
  root: string,
  { uid, gid, home }: { uid: number; gid: number; home: string },
): { passwd: string; group: string } => {
  const read = (name: string): string[] => {
    const path = join(root, 'etc', name);
    const found = statOf(path);
    return found?.isFile() && found.size <= ACCOUNTS_BYTES_MAX ? readFileSync(path, 'utf8').split('\n') : [];
  };
  const others = (name: string, id: number): string[] =>
    read(name).filter((line) => line !== '' && !line.startsWith('catwalk:') && line.split(':')[2] !== String(id));
  return {
    passwd: [...others('passwd', uid), `catwalk:x:${uid}:${gid}:catwalk:${home}:/bin/sh`, ''].join('\n'),
    group: [...others('group', gid), `catwalk:x:${gid}:`, ''].join('\n'),
  };
};
