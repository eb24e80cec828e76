import { gzipSync, zstdCompressSync } from 'node:zlib';

/** An entry of a layer, as an ordinary builder or a hostile one would write it. */
export type Packed = {
  name: string;
  type?: '0' | '1' | '2' | '3' | '5' | '6' | 'S';
  data?: string | Buffer;
  mode?: number;
  target?: string;
  /** Writes the name into a pax header instead. */
  pax?: boolean;
  /** Writes the name into an entry of its own, as GNU tar does. */
  gnu?: boolean;
};

const BLOCK = 512;
const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);

const header = (name: string, type: string, size: number, mode: number, target: string): Buffer => {
  const block = Buffer.alloc(BLOCK);
  block.write(name.slice(0, 100), 0);
  block.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(target.slice(0, 100), 157);
  block.write('ustar\0', 257);
  block.write('00', 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
};

const record = (key: string, value: string): string => {
  const tail = ` ${key}=${value}\n`;
  let length = tail.length + 1;
  while (String(length).length + tail.length !== length) length += 1;
  return `${length}${tail}`;
};

/** Makes a tar archive with these entries, whatever they are. */
export const makeTar = (entries: readonly Packed[]): Buffer => {
  const parts = entries.flatMap(
    ({ name, type = '0', data = '', mode = 0o644, target = '', pax = false, gnu = false }) => {
      const bytes = Buffer.from(data);
      const size = type === '0' || type === 'S' ? bytes.length : 0;
      const long = Buffer.from(pax ? record('path', name) : `${name}\0`);
      const before = pax || gnu ? [header('long', pax ? 'x' : 'L', long.length, 0o644, ''), padded(long)] : [];
      return [
        ...before,
        header(pax || gnu ? 'short' : name, type, size, mode, target),
        padded(bytes.subarray(0, size)),
      ];
    },
  );
  return Buffer.concat([...parts, Buffer.alloc(BLOCK * 2)]);
};

/** A layer as registries keep it. */
export const makeLayer = (entries: readonly Packed[], packing: 'gzip' | 'zstd' | 'none' = 'gzip'): Buffer => {
  const tar = makeTar(entries);
  return packing === 'none' ? tar : packing === 'zstd' ? zstdCompressSync(tar) : gzipSync(tar, { level: 1 });
};
