import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** The files of an unpacked image, in the place of the system's own. */
export type BoxImage = {
  root: string;
  /** Its accounts, with the user of the box among them. */
  accounts: { passwd: string; group: string };
  /** Folders that programs may write, and where they find them. */
  binds: readonly { outside: string; inside: string }[];
  /** `NAME=value`, set inside once the user has changed: some names steer the loader. Nothing secret. */
  variables: readonly string[];
  /** A program of ours that Node runs, and that starts the server: its files, their place inside, and Node's arguments. */
  relay?: { files: string; place: string; args: readonly string[] };
};

/** Our own folder in such a box. No image has it. */
export const OWN_FOLDER = '/.catwalk';

/** The kernel's places, and what a box gives to programs to write. */
const REPLACED = new Set(['proc', 'sys', 'dev', 'tmp', 'run', OWN_FOLDER.slice(1)]);
const SCRATCH = ['/run', '/var/tmp', '/var/run'];

const hostFile = (path: string): string | null => {
  try {
    return realpathSync(path);
  } catch {
    return null; // absent, or a link that leads nowhere
  }
};

/** Arguments for bubblewrap that show what lies at the top of an image's root, read-only; `covered` places get files of ours. */
export const imageArguments = (root: string, covered: readonly string[]): string[] =>
  readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    if (REPLACED.has(entry.name) || covered.includes(`/${entry.name}`)) return [];
    const [outside, inside] = [join(root, entry.name), `/${entry.name}`];
    if (entry.isSymbolicLink()) return ['--symlink', readlinkSync(outside), inside];
    return entry.isDirectory() || entry.isFile() ? ['--ro-bind', outside, inside] : [];
  });

/** Places for files that programs may write and lose: many keep sockets and locks there. */
export const scratchArguments = (root: string, bytes: number): string[] =>
  SCRATCH.filter((path) => path === '/run' || isFolder(root, path)).flatMap((path) => [
    ...['--perms', '1777', '--size', String(bytes)],
    ...['--tmpfs', path],
  ]);

const isFolder = (root: string, path: string): boolean => {
  const [top = '', name = ''] = path.slice(1).split('/');
  const entry = (folder: string, wanted: string) =>
    readdirSync(folder, { withFileTypes: true }).find((one) => one.name === wanted);
  return entry(root, top)?.isDirectory() === true && entry(join(root, top), name)?.isDirectory() === true;
};

/** How programs find hosts while they have the network of the computer. */
export const hostNames = (): string[] =>
  ['/etc/resolv.conf', '/etc/hosts'].flatMap((path) => {
    const found = hostFile(path);
    return found === null ? [] : ['--ro-bind', found, path];
  });
