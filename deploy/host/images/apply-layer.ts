import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ImageError } from './image-error.ts';
import { folderInside, partsOf, placeInside, statOf } from './inside-root.ts';
import { readTar, type TarEntry } from './tar-reader.ts';

/** The files and bytes that all layers of an image may still use. */
export type UnpackBudget = { entries: number; bytes: number };

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Hard links of other union file systems, which no reader of today needs. */
const FOREIGN_MARK = '.wh..wh.';

/** Removes what lower layers brought at a place; what this layer has written stays. */
const removeLower = (path: string, written: ReadonlySet<string>): void => {
  const found = statOf(path);
  if (found === undefined) return;
  if (!found.isDirectory()) {
    if (!written.has(path)) rmSync(path);
    return;
  }
  for (const name of readdirSync(path)) removeLower(join(path, name), written);
  if (!written.has(path) && readdirSync(path).length === 0) rmdirSync(path);
};

/** Takes away what stands in the place of another kind of entry. */
const clear = (place: string): void => {
  if (statOf(place) !== undefined) rmSync(place, { recursive: true });
};

/** Owners, set-user-id bits and attributes are dropped: all users may read, the unpacker alone may write. */
const modeOf = ({ mode }: TarEntry): number => ((mode & 0o111) === 0 ? 0o644 : 0o755);

const writeFile = async (entry: TarEntry, place: string): Promise<void> => {
  clear(place);
  const file = openSync(place, 'wx', 0o600);
  try {
    await entry.content((bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    });
  } finally {
    closeSync(file);
  }
  chmodSync(place, modeOf(entry));
};

const outOfPlace = (name: string): ImageError =>
  new ImageError('damaged', `The image holds a file below another file: ${JSON.stringify(name.slice(0, 200))}.`);

/**
 * Applies one layer to an unpacked root (OCI image specification, "Image Layer Filesystem Changeset"). Every path is
 * resolved inside of the root. Devices and pipes are left out; an ordinary user could not make them.
 */
export const applyLayer = async (
  root: string,
  stream: AsyncIterable<Buffer>,
  budget: UnpackBudget,
  signal: AbortSignal,
): Promise<void> => {
  /** Whiteouts are about lower layers, wherever they stand in this one. */
  const written = new Set<string>();

  const whiteout = (name: string, mark: string): void => {
    const above = partsOf(name).slice(0, -1);
    const folder = folderInside(root, above, false);
    if (folder === null || (mark.startsWith(FOREIGN_MARK) && mark !== OPAQUE)) return;
    if (mark === OPAQUE) for (const one of readdirSync(folder)) removeLower(join(folder, one), written);
    else removeLower(join(folder, mark.slice(WHITEOUT.length)), written);
  };

  const add = async (entry: TarEntry): Promise<void> => {
    const { name, type, target } = entry;
    const place = placeInside(root, name, true);
    if (place === null) {
      if (partsOf(name).length === 0) return; // the root itself
      throw outOfPlace(name);
    }
    switch (type) {
      case 'device':
        return;
      case 'folder':
        if (!statOf(place)?.isDirectory()) {
          clear(place);
          mkdirSync(place, { mode: 0o755 });
        }
        break;
      case 'symlink':
        clear(place);
        symlinkSync(target, place);
        break;
      case 'hardlink': {
        const from = placeInside(root, target, false);
        // A link to a link, a folder or nothing would be a way around the rules above.
        if (from === null || !statOf(from)?.isFile())
          throw new ImageError(
            'damaged',
            `The image links to a file that it does not hold: ${JSON.stringify(target.slice(0, 200))}.`,
          );
        if (from === place) return;
        clear(place);
        linkSync(from, place);
        break;
      }
      case 'file':
        await writeFile(entry, place);
    }
    for (let path = place; path !== root && !written.has(path); path = dirname(path)) written.add(path);
  };

  for await (const entry of readTar(stream)) {
    signal.throwIfAborted();
    budget.entries -= 1;
    budget.bytes -= entry.size;
    if (budget.entries < 0) throw new ImageError('too-large', 'The image holds too many files.');
    if (budget.bytes < 0) throw new ImageError('too-large', 'The image is too large unpacked.');
    const mark = basename(entry.name);
    if (mark.startsWith(WHITEOUT)) whiteout(entry.name, mark);
    else await add(entry);
  }
};
