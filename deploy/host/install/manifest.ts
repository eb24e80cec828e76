import { readFile, stat, writeFile } from 'node:fs/promises';
import type { InstalledPackage } from '../contract.ts';
import { isRecord, isText, isTexts } from '../records.ts';
import type { Inventory } from './inventory.ts';
import type { Relocation } from './relocation.ts';
import { seal } from './seal.ts';

/** Names in an entry: its description, and the installation itself. */
export const MANIFEST = 'manifest.json';
export const FILES = 'files';

/** How an installation is started. Paths are relative to the folder that the package was installed in. */
export type InstalledProgram = {
  name: string;
  version: string | null;
  bin: string;
  /** The program that runs the bin: the host's own Node, the installation's own Python, or the bin itself. */
  interpreter: 'node' | 'python' | null;
  interpreterArgs: string[];
  /** Folders with the commands that the package and its dependencies bring; the first on the child's PATH. */
  commandFolders: string[];
  /** The Python program behind the virtual environment: it is not part of the installation and may be replaced. */
  python: string | null;
  packages: number;
  /** All packages, from the lock file that the installation wrote; absent in entries of older versions. */
  dependencies?: InstalledPackage[];
  bytes: number;
  /** Why the package may fail to start although it was installed: the engines it requires. */
  engineWarning: string | null;
};

/** Says what an entry of the install cache holds. Written last: an entry without one is half-made. */
export type Manifest = { program: InstalledProgram; inventory: Inventory; relocation: Relocation };

export type SealedManifest = {
  manifest: Manifest;
  /** When the entry was complete, by the file system's clock. What changed later is not the installation. */
  sealedAtMs: number;
};

const isNullOrText = (value: unknown): boolean => value === null || isText(value);

const isPackages = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (one) =>
      isRecord(one) &&
      ['npm', 'PyPI'].includes(String(one['ecosystem'])) &&
      isText(one['name']) &&
      isText(one['version']),
  );

const isProgram = (value: unknown): boolean =>
  isRecord(value) &&
  isText(value['name']) &&
  isNullOrText(value['version']) &&
  isText(value['bin']) &&
  [null, 'node', 'python'].includes(value['interpreter'] as null) && // any value may be looked for
  isTexts(value['interpreterArgs']) &&
  isTexts(value['commandFolders']) &&
  isNullOrText(value['python']) &&
  typeof value['packages'] === 'number' &&
  (value['dependencies'] === undefined || isPackages(value['dependencies'])) &&
  typeof value['bytes'] === 'number' &&
  isNullOrText(value['engineWarning']);

const hasPath = (value: unknown): value is Record<string, unknown> => isRecord(value) && isText(value['path']);

const isInventory = (value: unknown): boolean =>
  isRecord(value) &&
  isTexts(value['folders']) &&
  Array.isArray(value['files']) &&
  value['files'].every((file) => hasPath(file) && typeof file['bytes'] === 'number') &&
  Array.isArray(value['links']) &&
  value['links'].every((link) => hasPath(link) && isText(link['target']));

const isRelocation = (value: unknown): boolean =>
  isRecord(value) && isText(value['from']) && isTexts(value['files']) && isTexts(value['links']);

/** Writes the manifest of a complete entry, and seals the entry with it. */
export const writeManifest = async (path: string, manifest: Manifest): Promise<void> => {
  await writeFile(path, JSON.stringify(manifest), { flag: 'wx', mode: 0o600 });
  await seal(path);
};

/** Throws when there is none, or not a whole one. */
export const readManifest = async (path: string): Promise<SealedManifest> => {
  const { ctimeMs: sealedAtMs } = await stat(path);
  return { manifest: await readUnsealed(path), sealedAtMs };
};

/** The manifest of an entry that none but the host may write, whatever its times say. Throws as `readManifest` does. */
export const readUnsealed = async (path: string): Promise<Manifest> => {
  const text = await readFile(path, 'utf8');
  const value: unknown = JSON.parse(text);
  if (
    !isRecord(value) ||
    !isProgram(value['program']) ||
    !isInventory(value['inventory']) ||
    !isRelocation(value['relocation'])
  )
    throw new TypeError('The manifest is not a whole one.');
  return value as Manifest; // every field was just checked
};
