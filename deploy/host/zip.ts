import { type FileHandle, open } from 'node:fs/promises';
import { posix } from 'node:path';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';

/** One file of a zip archive. Folders and links are left out. */
export type ZipFile = {
  /** Relative, with forward slashes; never outside of the archive. */
  path: string;
  bytes: number;
  isExecutable: boolean;
};

export type ZipArchive = {
  files: readonly ZipFile[];
  /** Reads one file, and checks its checksum. */
  read(file: ZipFile): Promise<Buffer>;
  close(): Promise<void>;
};

/** The file is not a zip archive that can be read, or is too large. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** The end record, its comment, and the signature that signed bundles carry behind it. */
const TAIL_BYTES_MAX = 256 * 1024;
const DIRECTORY_BYTES_MAX = 16 * 1024 * 1024;
const FILES_MAX = 50_000;
const UNPACKED_BYTES_MAX = 500 * 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 0x1;
const UNIX = 3;
const FILE_TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const ZIP64 = 0xffffffff;

const inflate = promisify(inflateRaw) as (data: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

type Entry = ZipFile & { method: number; crc: number; packedBytes: number; offset: number };

const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new ZipError('The archive ends too early.');
  return buffer;
};

/** Where the list of files is: the end record stands last, before a comment or a signature. */
const findDirectory = async (file: FileHandle, size: number) => {
  const length = Math.min(size, TAIL_BYTES_MAX);
  const tail = await readAt(file, size - length, length);
  for (let at = length - END_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== END_SIGNATURE) continue;
    const [count, bytes, offset] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    if (offset === ZIP64 || count === 0xffff) throw new ZipError('Archives of the format ZIP64 are not read.');
    if (offset + bytes <= size - length + at) return { count, bytes, offset };
  }
  throw new ZipError('The file is not a zip archive.');
};

/** A path that stays inside; null for every other one. */
const safePath = (name: string): string | null => {
  if (/[\\\0]/.test(name) || name.startsWith('/') || /^[A-Za-z]:/.test(name)) return null;
  const path = posix.normalize(name);
  return path === '.' || path.startsWith('../') || path === '..' ? null : path;
};

/** Opens a zip archive (APPNOTE 6.3). Bounded in files and bytes; @throws ZipError. */
export const openZip = async (path: string): Promise<ZipArchive> => {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size < END_BYTES) throw new ZipError('The file is not a zip archive.');
    const { count, bytes, offset } = await findDirectory(file, size);
    if (count > FILES_MAX || bytes > DIRECTORY_BYTES_MAX) throw new ZipError('The archive holds too many files.');
    const directory = await readAt(file, offset, bytes);
    const entries: Entry[] = [];
    let unpacked = 0;
    for (let at = 0, index = 0; index < count; index += 1) {
      if (at + ENTRY_BYTES > bytes || directory.readUInt32LE(at) !== ENTRY_SIGNATURE)
        throw new ZipError('The list of files in the archive is damaged.');
      const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
      const name = directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + (nameBytes ?? 0));
      const mode = directory.readUInt32LE(at + 38) >>> 16;
      const isUnix = directory.readUInt8(at + 5) === UNIX;
      const type = mode & FILE_TYPE_MASK;
      const entry: Entry = {
        path: '',
        method: directory.readUInt16LE(at + 10),
        crc: directory.readUInt32LE(at + 16),
        packedBytes: directory.readUInt32LE(at + 20),
        bytes: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
        isExecutable: isUnix && (mode & 0o111) !== 0,
      };
      const isEncrypted = (directory.readUInt16LE(at + 8) & ENCRYPTED) !== 0;
      at += ENTRY_BYTES + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
      if (name.endsWith('/') || (isUnix && type !== 0 && type !== REGULAR)) continue;
      const inside = safePath(name);
      if (inside === null) throw new ZipError(`The archive holds a file outside of itself: ${JSON.stringify(name)}.`);
      if (isEncrypted) throw new ZipError('The archive is encrypted.');
      unpacked += entry.bytes;
      if (unpacked > UNPACKED_BYTES_MAX) throw new ZipError('The archive is larger than 500 MB.');
      entries.push({ ...entry, path: inside });
    }

    const known = new Map<ZipFile, Entry>(entries.map((entry) => [entry, entry]));
    return {
      files: entries,
      async read(wanted) {
        const entry = known.get(wanted);
        if (!entry) throw new ZipError('The file is not one of this archive.');
        const local = await readAt(file, entry.offset, LOCAL_BYTES);
        if (local.readUInt32LE(0) !== LOCAL_SIGNATURE) throw new ZipError(`${entry.path} is damaged.`);
        const start = entry.offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
        const packed = await readAt(file, start, entry.packedBytes);
        if (entry.method !== STORED && entry.method !== DEFLATED)
          throw new ZipError(`${entry.path} is compressed in a way that is not read.`);
        const data =
          entry.method === STORED
            ? packed
            : await inflate(packed, { maxOutputLength: Math.max(1, entry.bytes) }).catch((cause: unknown) => {
                throw new ZipError(`${entry.path} is damaged.`, { cause });
              });
        if (data.length !== entry.bytes || crc32(data) !== entry.crc) throw new ZipError(`${entry.path} is damaged.`);
        return data;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
};
