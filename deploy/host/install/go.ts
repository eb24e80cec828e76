import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { failWith } from '../failure.ts';
import { builtProgram, openBuild } from './build.ts';
import type { Installation } from './cache.ts';
import type { InstallContext } from './context.ts';

export type GoTarget = {
  /** The folder of the module, with its go.mod. */
  source: string;
  /** For people. */
  label: string;
  /** Shown as that of the program: Go gives a module no version of its own. */
  version: string;
  /** The folder of the main package, below the module; absent: the module's own. */
  bin?: string;
};

/** The folder of a main package as Go wants it; never one outside of the module. */
const packageOf = ({ bin = '.', label }: GoTarget): string => {
  const path = posix.normalize(bin);
  return path.startsWith('..') || path.startsWith('/')
    ? failWith('NO_BIN', `The folder ${bin} is outside of ${label}.`)
    : path;
};

/** `example.com/weather/v2` is `weather`, as `go install` names a command. */
const nameOf = async ({ source, label }: GoTarget, folder: string): Promise<string> => {
  if (folder !== '.') return posix.basename(folder);
  const text = await readFile(join(source, 'go.mod'), 'utf8').catch(() => '');
  const path = /^module[ \t]+"?([\w.\-/~]+)"?/m.exec(text)?.[1];
  if (path === undefined) return failWith('NO_BIN', `${label} has no go.mod with the name of a module.`);
  return posix.basename(path.replace(/\/v\d+$/, ''));
};

/**
 * Builds the command of a Go module. Modules come from the module proxy of the computer's settings (GOPROXY), or from the
 * module's own `vendor` folder, and are held against its go.sum. Without `-trimpath`, since that compiles the standard library
 * too, where Go brings it compiled.
 */
export const buildGo = async (target: GoTarget, folder: string, context: InstallContext): Promise<Installation> => {
  const main = packageOf(target);
  const name = await nameOf(target, main);
  const build = await openBuild({ compiler: 'go', source: target.source, label: target.label }, folder, context);
  const inScratch = (part: string) => join(build.scratch, part);
  let modules = 0;
  await build.run(
    ['build', '-buildvcs=false', '-o', join(folder, 'bin', name), main === '.' ? '.' : `./${main}`],
    {
      GOPATH: inScratch('path'),
      GOMODCACHE: inScratch('modules'),
      GOCACHE: inScratch('cache'),
      GOENV: 'off',
      // A module cache is read-only otherwise, and could not be removed.
      GOFLAGS: '-modcacherw',
      GOTELEMETRY: 'off',
    },
    (line) => {
      if (line.startsWith('go: downloading ')) {
        modules += 1;
        context.onProgress({ packages: modules });
      }
      context.log(line);
    },
  );
  await build.close();
  return builtProgram(name, target.version, folder, modules + 1);
};
