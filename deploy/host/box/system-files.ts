import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Programs and libraries of the system; on most of them all but /usr are links into it. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix'];

/** The settings without which programs find no hosts, certificates, times, fonts or libraries. No keys, no accounts. */
const SETTINGS = [
  'alternatives',
  'ca-certificates',
  'ca-certificates.conf',
  'crypto-policies',
  'fonts',
  'gai.conf',
  'host.conf',
  'hosts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'pki',
  'protocols',
  'resolv.conf',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
  'timezone',
];

const stat = (path: string) => lstatSync(path, { throwIfNoEntry: false });

const realpath = (path: string): string | null => {
  try {
    return realpathSync(path);
  } catch {
    return null; // absent, or a link that leads nowhere
  }
};

/** True for a path that every box shows. */
export const isSystemPath = (path: string): boolean =>
  SYSTEM.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** Arguments for bubblewrap that show the system's own files, read-only. */
export const systemArguments = (): string[] => [
  ...SYSTEM.flatMap((path) => {
    const found = stat(path);
    if (found === undefined) return [];
    return found.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
  }),
  // Folders that bubblewrap makes by itself are for root alone.
  ...['--dir', '/etc', '--dir', '/etc/ssl'],
  ...SETTINGS.flatMap((name) => {
    // A link such as that of resolv.conf leads to a place that a box does not show.
    const real = realpath(join('/etc', name));
    return real === null ? [] : ['--ro-bind', real, join('/etc', name)];
  }),
];

/** The folders of the Node that runs the host, and of npm beside it, where /usr does not hold them. */
export const nodeFolders = (execPath: string = process.execPath): string[] => {
  const bin = dirname(execPath);
  const modules = realpath(join(bin, '../lib/node_modules'));
  return [bin, ...(modules === null ? [] : [modules])].filter((path) => !isSystemPath(path));
};
