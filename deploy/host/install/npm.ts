import { existsSync, realpathSync } from 'node:fs';
import { chown, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { childPath } from '../child/environment.ts';
import type { InstalledPackage } from '../contract.ts';
import { failWith, HostFailureError } from '../failure.ts';
import type { Installation } from './cache.ts';
import type { InstallContext, InstallProgress } from './context.ts';
import { resolveNodeBin } from './node-bin.ts';
import { isFailedScript, npmFailure } from './npm-errors.ts';
import { createProgressLines, shownCommand } from './progress-lines.ts';
import { runTool, type ToolResult } from './run-tool.ts';
import { writtenBytes } from './written-bytes.ts';

const INSTALL_TIME_LIMIT_MS = 10 * 60_000;

type LockedPackage = {
  name?: string;
  version?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  link?: boolean;
};

/** npm's program file, so that the host's own Node runs it, whatever `node` its first line would find. */
const findNpm = (): string => {
  for (const folder of childPath().split(delimiter)) {
    const beside = join(dirname(folder), 'lib/node_modules/npm/bin/npm-cli.js');
    if (existsSync(beside)) return beside;
    const onPath = join(folder, 'npm');
    if (existsSync(onPath)) {
      const real = realpathSync(onPath);
      if (real.endsWith('.js')) return real;
    }
  }
  return failWith('INSTALL_FAILED', 'npm was not found on this machine.', { hint: 'Install Node.js with npm.' });
};

export type NpmTarget = {
  /** The argument of `npm install`. */
  spec: string;
  /** For people: `name@version`. */
  label: string;
  /** The package's name; absent for tarballs and git, where npm finds it out. */
  name?: string;
  integrity?: string;
  bin?: string;
  mainWillDo: boolean;
};

/** Finds the version that npm chose for the target, in one of npm's own files. */
const findLocked = async (folder: string, file: string, target: NpmTarget) => {
  const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(folder, path), 'utf8'));
  const lock = (await read(file)) as { packages: Record<string, LockedPackage> }; // npm's own format
  const own = (await read('package.json')) as { dependencies?: Record<string, string> }; // written by npm
  const name = target.name ?? Object.keys(own.dependencies ?? {})[0];
  const locked = name === undefined ? undefined : lock.packages[`node_modules/${name}`];
  if (name === undefined || locked === undefined)
    return failWith('INSTALL_FAILED', `npm installed nothing for ${target.label}.`, { retryable: true });
  return { name, locked, lock: lock.packages };
};

/** npm ended with an error; keeps what it printed. */
class NpmError extends HostFailureError {
  override readonly name = 'NpmError';
  readonly result: ToolResult;

  constructor(label: string, result: ToolResult) {
    super(npmFailure(label, result));
    this.result = result;
  }
}

/** Runs npm in `folder`, by the host's own Node; throws HostFailureError when it fails. */
export const runNpm = async (
  args: string[],
  folder: string,
  label: string,
  context: InstallContext,
  onLine: (line: string) => void = context.log,
  onProgress: (progress: InstallProgress) => void = createProgressLines(context.log),
): Promise<ToolResult> => {
  const npm = findNpm();
  context.log(shownCommand('npm', args, folder));
  const result = await runTool({
    command: process.execPath,
    args: [...context.nodeFlags, npm, ...args],
    cwd: folder,
    env: {
      ...context.env,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      npm_config_progress: 'false',
      // Servers need their install scripts; newer npm versions run none without this setting.
      npm_config_dangerously_allow_all_scripts: 'true',
    },
    user: context.user,
    confine: context.confine,
    needs: [dirname(dirname(npm))],
    signal: context.signal,
    timeoutMs: INSTALL_TIME_LIMIT_MS * context.timeFactor,
    onLine,
    writtenBytes,
    onWritten: (bytes) => {
      context.onProgress({ bytes });
      onProgress({ bytes });
    },
  });
  if (result.code !== 0) throw new NpmError(label, result);
  return result;
};

/** Installs one package with its dependencies into `folder`. Its scripts run only after its integrity was checked. */
export const installNpm = async (target: NpmTarget, folder: string, context: InstallContext): Promise<Installation> => {
  let packages = 0;
  let engineWarning = '';
  const report = createProgressLines(context.log);
  const onLine = (line: string) => {
    if (/^npm http (fetch GET 200|cache) .*\.tgz/.test(line)) {
      packages += 1;
      context.onProgress({ packages });
      report({ packages });
    } else if (!/^npm http/.test(line)) context.log(line);
    if (/EBADENGINE/.test(line)) engineWarning += `${line}\n`;
  };
  const run = (args: string[]) =>
    runNpm([...args, '--loglevel=http', '--prefix', folder], folder, target.label, context, onLine, report);

  /** A script that fails is often one that the server can do without, such as a download; a native build is not. */
  const runWithScripts = async (args: string[]): Promise<void> => {
    try {
      await run(args);
    } catch (error) {
      if (!(error instanceof NpmError) || !isFailedScript(error.result)) throw error;
      if (error.failure.code !== 'INSTALL_FAILED') throw error;
      context.log(`Warning: an install script of ${target.label} failed (see above). Installing it without scripts.`);
      await run([...args, '--ignore-scripts']);
    }
  };

  await writeFile(join(folder, 'package.json'), '{"private":true}\n', { flag: 'wx' });
  if (context.user) await chown(join(folder, 'package.json'), context.user.uid, context.user.gid);
  if (target.integrity === undefined) await runWithScripts(['install', '--omit=dev', target.spec]);
  else {
    // Without scripts first, so that none runs before the pin was compared; npm holds every tarball against its lock.
    await run(['install', '--ignore-scripts', '--omit=dev', target.spec]);
    const { locked, lock } = await findLocked(folder, 'package-lock.json', target);
    if (locked.integrity !== target.integrity)
      failWith('INTEGRITY_MISMATCH', `What the registry has for ${target.label} is not what was pinned.`, {
        hint: 'Analyze the source again; if it happens again, do not trust this package.',
      });
    // Most servers have none. (`npm rebuild` would fail where an optional dependency cannot be built; `npm ci` does not.)
    if (hasScripts(lock)) {
      packages = 0;
      await runWithScripts(['ci', '--omit=dev']);
    }
  }
  const { name, locked, lock } = await findLocked(folder, 'node_modules/.package-lock.json', target);

  const bin = await resolveNodeBin(join(folder, 'node_modules', name), {
    wanted: target.bin,
    mainWillDo: target.mainWillDo,
  });
  return {
    program: {
      name,
      version: locked.version ?? null,
      bin: join('node_modules', name, bin.bin),
      interpreter: bin.interpreter,
      interpreterArgs: bin.interpreterArgs,
      commandFolders: ['node_modules/.bin'],
      python: null,
      packages: Object.keys(lock).filter((path) => path !== '').length,
      dependencies: packagesIn(lock),
      engineWarning: engineWarningOf(engineWarning, name),
    },
    // A tarball cannot know where it is unpacked; a script that ran there can.
    mayNameItself: () => hasScripts(lock),
  };
};

/** A lock names a package by its folder, and in `name` where it is installed under another one. */
const packagesIn = (lock: Record<string, LockedPackage>): InstalledPackage[] =>
  Object.entries(lock).flatMap(([path, { name, version, link }]) => {
    const folder = path.split('node_modules/').at(-1) ?? '';
    return folder === '' || version === undefined || link === true
      ? []
      : [{ ecosystem: 'npm' as const, name: name ?? folder, version }];
  });

const hasScripts = (lock: Record<string, LockedPackage>): boolean =>
  Object.values(lock).some(({ hasInstallScript }) => hasInstallScript);

/** Warnings about dependencies say little; one about the package itself explains a server that will not start. */
const engineWarningOf = (text: string, name: string): string | null =>
  text.includes(`package: '${name}@`) ? text.trim() : null;
