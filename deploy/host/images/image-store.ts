import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { parseJson } from '../records.ts';
import { removeTree } from '../remove-tree.ts';
import { applyLayer, type UnpackBudget } from './apply-layer.ts';
import { downloadBlob } from './download-blob.ts';
import { type ImageConfig, readImageConfig } from './image-config.ts';
import { ImageError } from './image-error.ts';
import { prepareRoot } from './prepare-root.ts';
import { type Descriptor, readImage } from './read-image.ts';
import type { RegistryReader } from './registry-access.ts';

/** An image, unpacked. Its folder is only read: every box shows it read-only. */
export type UnpackedImage = {
  root: string;
  config: ImageConfig;
  /** The size of all files. */
  bytes: number;
  /** It was there already. */
  cached: boolean;
};

export type ImageStoreOptions = {
  /** Images are kept below it, each under its digest. */
  folder: string;
  /** The digest of the manifest for this platform. */
  digest: string;
  reader: () => RegistryReader;
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
};

const ROOT = 'root';
/** Written last: a folder without it is half-made. */
const DESCRIPTION = 'image.json';
const UNPACKING = '.unpacking-';
/** No image takes this long: what is older was left behind by a host that died. */
const LEFTOVER_AFTER_MS = 60 * 60_000;
const PACKED_BYTES_MAX = 4 * 1024 ** 3;
const UNPACKED_BYTES_MAX = 8 * 1024 ** 3;
const ENTRIES_MAX = 500_000;

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

const firstBytes = async (path: string): Promise<Buffer> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** Opens a layer as a tar archive, by what its bytes say: media types of old pushers are often wrong. */
const openLayer = async (path: string): Promise<Readable> => {
  const first = await firstBytes(path);
  const startsWith = (magic: number[]): boolean => magic.every((byte, at) => first[at] === byte);
  const decompress = startsWith(GZIP) ? createGunzip() : startsWith(ZSTD) ? createZstdDecompress() : null;
  const file = createReadStream(path);
  // An error of the file is one of the stream that is read; its reader reports both.
  return decompress === null ? file : pipeline(file, decompress, () => undefined);
};

const damaged = (cause: unknown): never => {
  const isOfZlib =
    cause instanceof Error && 'code' in cause && /^(?:Z_|ZSTD_|ERR_ZSTD|ERR_BUFFER)/.test(String(cause.code));
  if (isOfZlib) throw new ImageError('damaged', 'A layer of the image cannot be decompressed.', { cause });
  throw cause;
};

const removeLeftovers = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(UNPACKING)) continue;
    const path = join(folder, name);
    const stats = await stat(path).catch(() => null); // another host removes it too
    if (stats && Date.now() - stats.mtimeMs > LEFTOVER_AFTER_MS) await removeTree(path);
  }
};

const refuseForeign = ({ mediaType }: Descriptor): void => {
  if (/foreign|nondistributable/.test(mediaType))
    throw new ImageError('unsupported', 'The image has layers that its registry does not give out.');
};

/** The layers of the image, one over the other, in a folder that no one else knows. */
const unpackInto = async (folder: string, options: ImageStoreOptions): Promise<void> => {
  const { digest, signal, onProgress } = options;
  const reader = options.reader();
  const { config, layers, configBytes } = await readImage(reader, digest, signal);
  layers.forEach(refuseForeign);
  if (layers.reduce((sum, { size }) => sum + size, 0) > PACKED_BYTES_MAX)
    throw new ImageError('too-large', 'The image is larger than 4 GB.');
  const root = join(folder, ROOT);
  await mkdir(root, { recursive: true, mode: 0o755 });
  const budget: UnpackBudget = { entries: ENTRIES_MAX, bytes: UNPACKED_BYTES_MAX };
  const packed = join(folder, 'layer');
  for (const layer of layers) {
    await downloadBlob(reader, layer, packed, signal);
    const opened = await openLayer(packed);
    try {
      await applyLayer(root, opened, budget, signal).catch(damaged);
    } finally {
      opened.destroy(); // an open file would keep its space after it was removed
    }
    onProgress(UNPACKED_BYTES_MAX - budget.bytes);
  }
  await rm(packed, { force: true });
  prepareRoot(root, config);
  const description = { config: configBytes.toString('utf8'), bytes: UNPACKED_BYTES_MAX - budget.bytes };
  await writeFile(join(folder, DESCRIPTION), JSON.stringify(description), { flag: 'wx', mode: 0o600 });
};

const find = async (folder: string): Promise<Omit<UnpackedImage, 'cached'> | null> => {
  const text = await readFile(join(folder, DESCRIPTION), 'utf8').catch(() => null); // absent
  if (text === null) return null;
  const found = parseJson(text) as { config?: unknown; bytes?: unknown } | undefined;
  if (typeof found?.config !== 'string' || typeof found.bytes !== 'number') return null;
  return { root: join(folder, ROOT), config: readImageConfig(parseJson(found.config)), bytes: found.bytes };
};

/**
 * Finds an unpacked image, or downloads and unpacks it. It appears under its name only when it is complete, by one
 * rename; of two hosts that unpack the same image at once, the second takes that of the first. Throws an ImageError.
 */
export const ensureImage = async (options: ImageStoreOptions): Promise<UnpackedImage> => {
  const folder = join(options.folder, options.digest.replace(':', '-'));
  const known = await find(folder);
  if (known !== null) return { ...known, cached: true };
  await mkdir(options.folder, { recursive: true, mode: 0o711 });
  await removeLeftovers(options.folder);
  const temporary = join(options.folder, `${UNPACKING}${randomUUID()}`);
  try {
    await mkdir(temporary, { mode: 0o711 });
    await unpackInto(temporary, options);
    if (existsSync(folder) && (await find(folder)) === null) await removeTree(folder);
    await rename(temporary, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await removeTree(temporary);
  }
  const made = await find(folder);
  if (made === null) throw new ImageError('unavailable', 'The unpacked image was removed at once.');
  return { ...made, cached: false };
};
