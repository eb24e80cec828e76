import { createHash, randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildUser } from '../child/environment.ts';
import { removeTree } from '../remove-tree.ts';
import { AlteredError, bytesOf, takeInventory } from './inventory.ts';
import {
  FILES,
  type InstalledProgram,
  MANIFEST,
  type Manifest,
  readManifest,
  readUnsealed,
  type SealedManifest,
  writeManifest,
} from './manifest.ts';
import { findRelocation } from './relocation.ts';

/** Stood in entries of the first layout, from which programs were run. */
const OLD_MARKER = 'catwalk-install.json';
const ENTRY_NAME = /^[0-9a-f]{32}$/;
const LEFTOVER_NAME = /^\.(installing|discarded)-/;
/** Raised when the layout of an entry changes: entries of another layout are never found, and are removed. */
const LAYOUT = 2;
/** No installation takes this long: what is older was left behind by a host that died. */
const LEFTOVER_AFTER_MS = 60 * 60_000;

/** Folders of the package and of its installation's HOME, below an entry's files and below each copy of them. */
export const PACKAGE_FOLDER = 'package';
export const HOME_FOLDER = 'home';

/** One installation, complete. Programs are never run from it: each runs from a copy of its own. */
export type CacheEntry = SealedManifest & {
  folder: string;
  files: string;
  cached: boolean;
  /** It came with the machine's image, as a layer of its own. */
  inImage: boolean;
};

/** The result of an installer, before it is sealed. */
export type Installation = {
  program: Omit<InstalledProgram, 'bytes'>;
  /** Files that may name the folder that they were installed in. */
  mayNameItself: (path: string) => boolean;
};

export type CacheOptions = {
  cacheDir: string;
  /** Installations that came with the machine's image; only root writes there. Absent: there are none. */
  installedDir?: string;
  /** Identifies what was installed, from which source, for which platform. */
  key: unknown;
  user: ChildUser | null;
  install: (folders: { package: string; home: string }) => Promise<Installation>;
  log: (line: string) => void;
};

const entryFolder = ({ cacheDir, key }: Pick<CacheOptions, 'cacheDir' | 'key'>): string => {
  const name = createHash('sha256')
    .update(JSON.stringify([LAYOUT, key]))
    .digest('hex')
    .slice(0, 32);
  return join(cacheDir, name);
};

/** The Python that an environment leads to is the system's own: an upgrade takes it away or makes it another. */
const hasItsPython = (files: string, { program }: Manifest): boolean => {
  if (program.python === null) return true;
  try {
    return realpathSync(join(files, PACKAGE_FOLDER, 'venv/bin/python')) === program.python;
  } catch {
    return false; // a link that leads nowhere
  }
};

/** Takes a folder of the cache away at once, then removes it. Copies that are being made of it fail. */
const discardFolder = async (folder: string): Promise<void> => {
  const aside = join(folder, '..', `.discarded-${randomUUID()}`);
  try {
    await rename(folder, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // another host was quicker
    throw error;
  }
  await removeTree(aside);
};

const findEntry = async (folder: string, log: (line: string) => void): Promise<CacheEntry | null> => {
  if (!existsSync(folder)) return null;
  const files = join(folder, FILES);
  try {
    const sealed = await readManifest(join(folder, MANIFEST));
    if (hasItsPython(files, sealed.manifest)) return { ...sealed, folder, files, cached: true, inImage: false };
  } catch (error) {
    log(`The cached installation cannot be read (${String(error)}). Installing it again.`);
  }
  await discardFolder(folder);
  return null;
};

/** An installation of the image is what its digest says: no time of a file tells anything about it. */
const findInImage = async ({ installedDir, key }: CacheOptions): Promise<CacheEntry | null> => {
  if (installedDir === undefined) return null;
  const folder = entryFolder({ cacheDir: installedDir, key });
  const files = join(folder, FILES);
  const manifest = await readUnsealed(join(folder, MANIFEST)).catch(() => null); // there is none
  if (manifest === null || !hasItsPython(files, manifest)) return null;
  return { manifest, sealedAtMs: Number.POSITIVE_INFINITY, folder, files, cached: true, inImage: true };
};

/** Discards an entry that turned out to be altered, unless another host has replaced it already. */
export const discardEntry = async ({ folder, sealedAtMs, inImage }: CacheEntry): Promise<void> => {
  const stats = await stat(join(folder, MANIFEST)).catch(() => null); // without a manifest it is not an entry
  if (stats === null || inImage || stats.ctimeMs === sealedAtMs) await discardFolder(folder);
};

/** Removes what hosts left behind that died in mid-install, and entries of the layout before this one. */
const removeLeftovers = async (cacheDir: string): Promise<void> => {
  for (const name of await readdir(cacheDir)) {
    const folder = join(cacheDir, name);
    if (LEFTOVER_NAME.test(name)) {
      const stats = await stat(folder).catch(() => null); // another host removes it too
      if (stats && Date.now() - stats.mtimeMs > LEFTOVER_AFTER_MS) await removeTree(folder);
    } else if (ENTRY_NAME.test(name) && existsSync(join(folder, OLD_MARKER))) await discardFolder(folder);
  }
};

/** Installs into a folder that no one else knows, and seals what came of it. */
const installInto = async (folder: string, options: CacheOptions): Promise<void> => {
  const { user } = options;
  const files = join(folder, FILES);
  const folders = { package: join(files, PACKAGE_FOLDER), home: join(files, HOME_FOLDER) };
  // Installers, which may run as another user, write below `files` alone: the manifest is out of their reach.
  await mkdir(folder, { mode: 0o711 });
  for (const made of [files, folders.package, folders.home]) {
    await mkdir(made, { mode: 0o700 });
    if (user) await chown(made, user.uid, user.gid);
  }
  const { program, mayNameItself } = await options.install(folders);
  await chmod(folder, 0o700);
  const inventory = await takeInventory(files);
  const relocation = await findRelocation(files, inventory, mayNameItself);
  const bytes = bytesOf(inventory);
  await writeManifest(join(folder, MANIFEST), { program: { ...program, bytes }, inventory, relocation });
};

/**
 * Finds the installation for a key, or makes it. An entry appears under its name only when it is complete, so a host
 * that dies in mid-install leaves nothing half-made, and two hosts that install the same at once both end with one
 * complete entry: the rename of the second fails, and it takes the first's.
 */
export const ensureInstalled = async (options: CacheOptions): Promise<CacheEntry> => {
  const inImage = await findInImage(options);
  if (inImage) return inImage;
  const folder = entryFolder(options);
  const known = await findEntry(folder, options.log);
  if (known) return known;

  await mkdir(options.cacheDir, { recursive: true });
  await removeLeftovers(options.cacheDir);
  const temporary = join(options.cacheDir, `.installing-${randomUUID()}`);
  try {
    await installInto(temporary, options);
    await rename(temporary, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await removeTree(temporary);
  }
  const made = await findEntry(folder, options.log);
  if (!made) throw new AlteredError(folder); // another host has discarded it: the caller asks again
  return { ...made, cached: false };
};
