import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';

/** A program of this computer that can be run where only an image's files are. */
export type OwnTool = {
  /** The words that start it inside. */
  start: string[];
  /** Files of this computer, and where they are found inside. */
  files: { outside: string; inside: string }[];
};

const LDD_MS_MAX = 5_000;

/** `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, or `/lib64/ld-linux-x86-64.so.2 (0x…)`. */
const LIBRARY = /^\s*(?:(\S+) => )?(\/\S+) \(0x[0-9a-f]+\)$/;

const librariesOf = (path: string): { name: string; path: string }[] => {
  try {
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
    const text = execFileSync('ldd', [path], {
      encoding: 'utf8',
      timeout: LDD_MS_MAX,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n').flatMap((line) => {
      const [, name, found] = LIBRARY.exec(line) ?? [];
      return found === undefined ? [] : [{ name: name ?? basename(found), path: found }];
    });
  } catch {
    return []; // linked statically
  }
};

/**
 * Brings a program of this computer into a box whose files are those of an image. The program's own loader starts it,
 * with its own libraries: the image may have none, or those of another libc.
 */
export const ownTool = (path: string, folder: string): OwnTool => {
  const libraries = librariesOf(path);
  const program = `${folder}/bin/${basename(path)}`;
  const inside = (name: string): string => `${folder}/lib/${name}`;
  const loader = libraries.find(({ name }) => /^ld[-.]/.test(basename(name)));
  const start =
    loader === undefined ? [program] : [inside(basename(loader.name)), '--library-path', `${folder}/lib`, program];
  return {
    start,
    files: [
      { outside: realpathSync(path), inside: program },
      ...libraries.map((one) => ({ outside: realpathSync(one.path), inside: inside(basename(one.name)) })),
    ],
  };
};
