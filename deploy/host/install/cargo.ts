import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failWith } from '../failure.ts';
import { isRecord, isText, isTexts } from '../records.ts';
import { builtProgram, openBuild } from './build.ts';
import type { Installation } from './cache.ts';
import type { InstallContext } from './context.ts';

export type CargoTarget = {
  /** The folder of the crate, with its Cargo.toml. */
  source: string;
  /** The folder of the repository: the lock file of a workspace lies above its crates. */
  root: string;
  /** For people. */
  label: string;
  /** The binary target; absent: the only one. */
  bin?: string;
};

type Artifact = { name: string; version: string | null; executable: string };

/** `path+file:///x/crate#0.1.0` or `…#name@0.1.0` (Cargo's package id specifications). */
const versionOf = (id: unknown): string | null => (isText(id) ? (/[#@](\d[\w.+-]*)$/.exec(id)?.[1] ?? null) : null);

/** A program that Cargo has built, from a line of its messages (`--message-format=json`); null for any other line. */
const artifactOf = (line: string): Artifact | null => {
  try {
    const message: unknown = JSON.parse(line);
    if (!isRecord(message) || message['reason'] !== 'compiler-artifact' || !isRecord(message['target'])) return null;
    const { executable, target, package_id: id } = message;
    const { name, kind } = target;
    return isText(executable) && isText(name) && isTexts(kind) && kind.includes('bin')
      ? { name, version: versionOf(id), executable }
      : null;
  } catch {
    return null; // not a message
  }
};

const isLocked = ({ source, root }: CargoTarget): boolean => {
  for (let folder = source; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'Cargo.lock'))) return true;
    if (folder === root || folder === dirname(folder)) return false;
  }
};

/**
 * Builds a binary of a crate. Crates come from the registry of Cargo's own settings in the repository, or from its vendored
 * sources, exactly as its lock file names them.
 */
export const buildCargo = async (
  target: CargoTarget,
  folder: string,
  context: InstallContext,
): Promise<Installation> => {
  const { label, bin } = target;
  const build = await openBuild({ compiler: 'cargo', source: target.source, label }, folder, context);
  const artifacts: Artifact[] = [];
  let crates = 0;
  await build.run(
    [
      ...['build', '--release', '--message-format=json-render-diagnostics'],
      ...(isLocked(target) ? ['--locked'] : []),
      ...(bin === undefined ? ['--bins'] : ['--bin', bin]),
    ],
    {
      CARGO_HOME: join(build.scratch, 'home'),
      CARGO_TARGET_DIR: join(build.scratch, 'target'),
      CARGO_INCREMENTAL: '0',
      CARGO_TERM_PROGRESS_WHEN: 'never',
    },
    (line) => {
      if (!line.startsWith('{')) return context.log(line);
      const artifact = artifactOf(line);
      if (artifact !== null) artifacts.push(artifact);
      if (line.includes('"reason":"compiler-artifact"')) {
        crates += 1;
        context.onProgress({ packages: crates });
      }
    },
  );
  const [found] = artifacts;
  if (found === undefined)
    return failWith('NO_BIN', `${label} has no program to run.`, { hint: 'It may be a library.' });
  if (artifacts.length > 1)
    return failWith('NO_BIN', `${label} has several programs.`, {
      hint: `Choose one of: ${artifacts.map(({ name }) => name).join(', ')}.`,
    });
  const name = basename(found.executable);
  await build.copy(found.executable, join(folder, 'bin', name));
  await build.close();
  return builtProgram(name, found.version, folder, crates);
};
