import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, normalize } from 'node:path';
import { isSystemPath } from './system-files.ts';

/** They are never opened: they lead to all processes, devices and settings of the computer. */
const CLOSED = ['/proc', '/sys', '/dev', '/etc', '/run', '/boot'];

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const real = (path: string): string | null => {
  try {
    return realpathSync(path);
  } catch {
    return null; // not there, or not readable
  }
};

/** `--flag=/path` names a path as much as `/path` does. */
const candidate = (word: string): string => normalize(word.slice(word.indexOf('=/') + 1)).replace(/(.)\/+$/, '$1');

/**
 * The existing files and folders that words name, as `server-filesystem /home/me/notes` does, and the hidden folders
 * that lie below them. A hidden folder itself is never named, nor is the root.
 */
export const namedPaths = (
  words: readonly string[],
  hidden: readonly string[],
): { paths: string[]; hide: string[] } => {
  const secret = hidden.map((path) => real(path) ?? path);
  const paths = [...new Set(words.map(candidate))].filter((path) => {
    if (!isAbsolute(path) || path === '/' || !existsSync(path)) return false;
    const target = real(path);
    if (target === null || target === '/') return false;
    return [path, target].every(
      (one) =>
        !isSystemPath(one) &&
        !CLOSED.some((folder) => isBelow(one, folder)) &&
        !secret.some((folder) => isBelow(one, folder)),
    );
  });
  return { paths, hide: secret.filter((folder) => paths.some((path) => isBelow(folder, real(path) ?? path))) };
};
