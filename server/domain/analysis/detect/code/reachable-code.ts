import { goFilesOfCommand } from '../compiled/go-module-graph.ts';
import { filesLoadedBy, findModule } from '../module-graph.ts';
import { pythonFilesLoadedBy } from '../python/module-graph.ts';
import type { Code } from './code-file.ts';

/** The file that a command of a package runs, or `package.module:function` of Python. */
export type Entry = string;

/** Where sources lie that a build turns into the file of the command. */
const BUILT = /^(?:dist|build|lib|out|bin|cjs|esm)\//;

const STARTS_PYTHON = /python|\buvx?\b|\.py\b/i;

/** `dist/index.js` comes from `src/index.ts`, in the same folder of a repository. */
function sourcesOf(entry: string, folder: string): string[] {
  const own = entry.replace(/^\.\//, '');
  const bare = own.replace(BUILT, '').replace(/^src\//, '');
  return [own, `src/${bare}`, bare].map((path) => (folder === '' ? path : `${folder}/${path}`));
}

/** A program in Go: what its command reaches. Scripts and a web client beside it are other programs. Null for others. */
function goProgram(code: Code): Code | null {
  const reached = code.go.length === 0 ? null : goFilesOfCommand(code.go);
  if (!reached) return null;
  const go = code.go.filter(({ path }) => reached.has(path));
  return { javascript: [], python: [], rust: [], go, all: go };
}

/**
 * The code that a start of the program at `entry` can reach. A package holds other programs too: scripts of its
 * makers, a web client, an installer. Their settings are not the server's. All code where the entry is unknown.
 * `folder` is that of the package in its repository.
 */
export function reachableCode(
  code: Code,
  entry: Entry | undefined,
  folder = '',
): { code: Code /** The file of JavaScript that a start runs. */; start: string | undefined } {
  if (entry === undefined) return { code: goProgram(code) ?? code, start: undefined };
  const isPython = /^[\w.]+(?::[\w.]+)?$/.test(entry) && !/\.[cm]?[jt]s$/.test(entry);
  const start = isPython
    ? undefined
    : sourcesOf(entry, folder).flatMap((path) => findModule(code.javascript, path) ?? [])[0];
  const loaded = isPython
    ? pythonFilesLoadedBy(code.python, entry)
    : start === undefined
      ? null
      : filesLoadedBy(code.javascript, start);
  if (loaded === null) return { code, start };
  const own = isPython ? 'python' : 'javascript';
  const kept = code[own].filter(({ path }) => loaded.has(path));
  const left = new Set(code[own].filter((file) => !loaded.has(file.path)));
  // scripts in Python beside a program in JavaScript that starts none are other programs
  const isAlone = own === 'javascript' && !kept.some(({ text }) => STARTS_PYTHON.test(text));
  if (isAlone) for (const file of code.python) left.add(file);
  const python = isAlone ? [] : code.python;
  return { code: { ...code, python, [own]: kept, all: code.all.filter((file) => !left.has(file)) }, start };
}
