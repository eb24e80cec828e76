/** An entry of an archive. `path` has no slash at its ends; folders come before what they hold. */
export type TarItem =
  | { type: 'folder'; path: string }
  | { type: 'link'; path: string; target: string }
  | { type: 'file'; path: string; size: number; executable: boolean };

const BLOCK = 512;
const NAME_BYTES_MAX = 100;
/** 1980-01-01 UTC: the first time that every format of archives can name. */
const TIME_SECONDS = 315_532_800;

const FLAGS = { file: '0', link: '2', folder: '5', pax: 'x' } as const;

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;

type Header = { name: string; flag: string; mode: number; size: number; target: string };

/** A header of ustar (POSIX.1-2001 pax, "ustar Header Block") of user and group 0. */
const headerOf = ({ name, flag, mode, size, target }: Header): Buffer => {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, NAME_BYTES_MAX);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(TIME_SECONDS, 11), 136);
  block.write(' '.repeat(8), 148);
  block.write(flag, 156);
  block.write(target, 157, NAME_BYTES_MAX);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)} `, 148);
  return block;
};

/** `27 path=some/long/name\n`: the length counts itself. */
const record = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (rest + String(length).length !== length) length += 1;
  return `${length} ${key}=${value}\n`;
};

/** What fills a file up to a whole block. */
export const paddingOf = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** The end of an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/**
 * The header of an entry, the same bytes for the same entry at any time and for any user: times and owners are fixed, and
 * so are the modes. Names that a plain header cannot hold stand in one of pax before it.
 */
export const tarHeader = (item: TarItem): Buffer => {
  const name = item.type === 'folder' ? `${item.path}/` : item.path;
  const target = item.type === 'link' ? item.target : '';
  const records = [
    ...(Buffer.byteLength(name) > NAME_BYTES_MAX ? [record('path', name)] : []),
    ...(Buffer.byteLength(target) > NAME_BYTES_MAX ? [record('linkpath', target)] : []),
  ].join('');
  const executable = item.type !== 'file' || item.executable;
  const own = headerOf({
    ...{ name, target, flag: FLAGS[item.type], mode: executable ? 0o755 : 0o644 },
    size: item.type === 'file' ? item.size : 0,
  });
  if (records === '') return own;
  const text = Buffer.from(records);
  const pax = headerOf({ name: 'pax', flag: FLAGS.pax, mode: 0o644, size: text.length, target: '' });
  return Buffer.concat([pax, text, paddingOf(text.length), own]);
};
