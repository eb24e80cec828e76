import { type ByteSource, createByteSource } from './byte-source.ts';
import { ImageError } from './image-error.ts';

/** One entry of a tar archive (POSIX.1-2001 pax, ustar, GNU). Names are as they stand there: nothing is checked. */
export type TarEntry = {
  name: string;
  type: 'file' | 'folder' | 'symlink' | 'hardlink' | 'device';
  mode: number;
  size: number;
  /** The path that a link leads to. */
  target: string;
  /** Hands over the content of a file. What is not read is skipped. */
  content(onBytes: (bytes: Buffer) => void): Promise<void>;
};

const BLOCK = 512;
const HEADER_BYTES_MAX = 1024 * 1024;
const TYPES: Record<string, TarEntry['type']> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'folder',
  '6': 'device',
};

const textIn = (block: Buffer, at: number, length: number): string => {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
};

/** Octal digits, or with the highest bit set a number of base 256 (GNU). */
const numberIn = (block: Buffer, at: number, length: number): number => {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) !== 0)
    return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f);
  const text = field.toString('latin1').replace(/[\0 ]+/g, '');
  return text === '' ? 0 : Number.parseInt(text, 8);
};

const isSummed = (block: Buffer): boolean => {
  const expected = numberIn(block, 148, 8);
  let sum = 0;
  for (let at = 0; at < BLOCK; at += 1) sum += at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
  return sum === expected;
};

/** `27 path=some/long/name\n`, as often as there are records. */
const paxRecords = (bytes: Buffer): Record<string, string> => {
  const records: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const length = space === -1 ? Number.NaN : Number(bytes.toString('latin1', at, space));
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > bytes.length)
      throw new ImageError('damaged', 'A layer of the image has a header that cannot be read.');
    const record = bytes.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (equals > 0) records[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return records;
};

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

const takeContent = async (source: ByteSource, size: number): Promise<Buffer> => {
  if (size > HEADER_BYTES_MAX) throw new ImageError('damaged', 'A layer of the image has a header that is too long.');
  const parts: Buffer[] = [];
  await source.pass(size + padding(size), (bytes) => parts.push(bytes));
  return Buffer.concat(parts).subarray(0, size);
};

const withoutEnd = (bytes: Buffer): string => bytes.toString('utf8').replace(/\0.*$/s, '');

/** Reads the entries of a tar archive, one after the other. Throws an ImageError for what is not one. */
export async function* readTar(stream: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const source = createByteSource(stream);
  let longName: string | null = null;
  let longTarget: string | null = null;
  let pax: Record<string, string> = {};
  for (;;) {
    const header = await source.take(BLOCK);
    if (header === null) return;
    if (header.every((byte) => byte === 0)) {
      longName = null;
      continue; // the end, or a gap of a joined archive
    }
    if (!isSummed(header)) throw new ImageError('damaged', 'A layer of the image is not a tar archive.');
    const flag = String.fromCharCode(header[156] ?? 0);
    const own = numberIn(header, 124, 12);
    if (!Number.isSafeInteger(own)) throw new ImageError('damaged', 'A layer of the image names a wrong size.');
    if (flag === 'L') longName = withoutEnd(await takeContent(source, own));
    else if (flag === 'K') longTarget = withoutEnd(await takeContent(source, own));
    else if (flag === 'x') pax = paxRecords(await takeContent(source, own));
    else if (flag === 'g') await takeContent(source, own);
    else {
      const type = TYPES[flag];
      if (type === undefined || Object.keys(pax).some((key) => key.startsWith('GNU.sparse')))
        throw new ImageError(
          'unsupported',
          'A layer of the image holds a kind of file that is not read (sparse files).',
        );
      const size = type === 'file' ? Number(pax['size'] ?? own) : 0;
      if (!Number.isSafeInteger(size) || size < 0)
        throw new ImageError('damaged', 'A layer of the image names a wrong size.');
      const isUstar = header.toString('latin1', 257, 262) === 'ustar' && header[262] === 0;
      const prefix = isUstar ? textIn(header, 345, 155) : '';
      const short = textIn(header, 0, 100);
      let isRead = false;
      yield {
        name: pax['path'] ?? longName ?? (prefix === '' ? short : `${prefix}/${short}`),
        // Old archives write folders as files with a slash at the end.
        type: type === 'file' && flag !== '7' && short.endsWith('/') && size === 0 ? 'folder' : type,
        mode: numberIn(header, 100, 8) & 0o7777,
        size,
        target: pax['linkpath'] ?? longTarget ?? textIn(header, 157, 100),
        content: (onBytes) => {
          isRead = true;
          return source.pass(size, onBytes);
        },
      };
      if (!isRead) await source.pass(size, () => undefined);
      await source.pass(padding(size), () => undefined);
      longName = null;
      longTarget = null;
      pax = {};
    }
  }
}
