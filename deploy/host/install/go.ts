import { readdir } from 'node:fs/promises';
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

/** The one program that Go left in a folder, under the name that Go gave it: `example.com/weather/v2` is `weather`. */
const builtIn = async (folder: string, label: string): Promise<string> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const [program] = entries.filter((entry) => entry.isFile());
  return program?.name ?? failWith('NO_BIN', `Go built no program of ${label}.`);
};

/**
 * Builds the command of a Go module. Modules come from the module proxy of the computer's settings (GOPROXY), or from the
 * module's own `vendor` folder, and are held against its go.sum. Without `-trimpath`, since that compiles the standard library
 * too, where Go brings it compiled.
 */
export const buildGo = async (target: GoTarget, folder: string, context: InstallContext): Promise<Installation> => {
  const main = packageOf(target);
  const build = await openBuild({ compiler: 'go', source: target.source, label: target.label }, folder, context);
  const inScratch = (part: string) => join(build.scratch, part);
  let modules = 0;
  await build.run(
    ['build', '-buildvcs=false', '-o', join(folder, 'bin/'), main === '.' ? '.' : `./${main}`],
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
  return builtProgram(await builtIn(join(folder, 'bin'), target.label), target.version, folder, modules + 1);
};
