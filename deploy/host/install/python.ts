import { realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { uvPythons } from '../box/installer-settings.ts';
import { failWith, HostFailureError } from '../failure.ts';
import { findOnPath } from '../find-on-path.ts';
import type { PackageSpec, PythonOptions } from '../package-spec.ts';
import type { Installation } from './cache.ts';
import type { InstallContext } from './context.ts';
import { pipFailure } from './pip-errors.ts';
import { createProgressLines, shownCommand } from './progress-lines.ts';
import { pythonsOnPath } from './pythons-on-path.ts';
import { runTool, type ToolResult } from './run-tool.ts';
import { writtenBytes } from './written-bytes.ts';

const INSTALL_TIME_LIMIT_MS = 10 * 60_000;

/** Asks the environment itself which commands a distribution brought: [[command, …], version, distributions]. */
const DESCRIBE = `
import importlib.metadata as m, json, re, sys
wanted = re.sub(r'[-_.]+', '-', sys.argv[1]).lower()
all = list(m.distributions())
own = [d for d in all if re.sub(r'[-_.]+', '-', d.metadata['Name']).lower() == wanted] or [d for d in all if d.read_text('direct_url.json')]
scripts = sorted({e.name for d in own[:1] for e in d.entry_points if e.group == 'console_scripts'})
print(json.dumps({'name': own[0].metadata['Name'] if own else '', 'scripts': scripts, 'version': own[0].version if own else '', 'packages': len(all), 'all': [[d.metadata['Name'], d.version] for d in all]}))
`;

const TOOL_SETTINGS = {
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_INPUT: '1',
  GIT_TERMINAL_PROMPT: '0',
  // By default uv links files into its own cache, which others write to, and leaves compiling to the first start.
  UV_LINK_MODE: 'copy',
  UV_COMPILE_BYTECODE: '1',
};

/** Commands, their activation, pyvenv.cfg, and what distributions note beside their modules. */
const NAMES_ENVIRONMENT =
  /\/venv\/(bin\/[^/]+|pyvenv\.cfg|lib\/[^/]+\/site-packages\/([^/]+\.pth|[^/]+\.dist-info\/[^/]+))$/;

type Described = { name: string; scripts: string[]; version: string; packages: number; all?: [string, string][] };

/** Chooses as uvx does: the command named after the package, or the only one. */
const chooseScript = (described: Described, label: string, wanted: string | undefined): string => {
  const { scripts } = described;
  const plain = (name: string) => name.replace(/[-_.]+/g, '-').toLowerCase();
  const found =
    wanted === undefined
      ? (scripts.find((script) => plain(script) === plain(described.name)) ??
        (scripts.length === 1 ? scripts[0] : undefined))
      : scripts.find((script) => script === wanted);
  if (found !== undefined) return found;
  return failWith(
    'NO_BIN',
    `${label} has no command ${wanted === undefined ? 'named after the package' : `"${wanted}"`}.`,
    {
      hint: scripts.length > 0 ? `Choose one of: ${scripts.join(', ')}.` : 'It may be a library.',
    },
  );
};

export type PythonTarget = {
  requirement: string;
  /** SHA-256, hexadecimal, of the files it may be installed from; empty: whatever the index sends. */
  hashes: readonly string[];
  name: string;
  label: string;
  bin?: string;
} & PythonOptions;

/**
 * Installs the distribution itself, without its dependencies: hashes are checked for all that one command installs or
 * for nothing of it, and a package does not say those of others. The command that follows brings the dependencies.
 */
const checked = ({ requirement, hashes }: PythonTarget, folder: string): string[] => {
  const file = join(folder, 'requirements.txt');
  writeFileSync(file, [requirement, ...hashes.map((hash) => `--hash=sha256:${hash}`)].join(' '));
  return ['--no-deps', '--require-hashes', '--requirement', file];
};

/**
 * Installs a Python distribution into a virtual environment of its own, with uv, or with venv and pip where uv is
 * absent. The environment is moved afterwards: its commands are therefore run by its interpreter, not by their first line.
 */
export const installPython = async (
  target: PythonTarget,
  folder: string,
  context: InstallContext,
): Promise<Installation> => {
  let packages = 0;
  const [uv] = findOnPath('uv', context.env['PATH']);
  const report = createProgressLines(context.log);
  const run = async (command: string, args: string[]): Promise<ToolResult> => {
    if (args[0] !== '-c') context.log(shownCommand(basename(command), args, folder));
    const result = await runTool({
      command,
      args,
      cwd: folder,
      env: { ...context.env, ...TOOL_SETTINGS },
      user: context.user,
      confine: context.confine,
      needs: uv === undefined ? [] : [uv, ...uvPythons(process.env)],
      signal: context.signal,
      timeoutMs: INSTALL_TIME_LIMIT_MS * context.timeFactor,
      onLine: (line) => {
        if (/^\s*(Downloading|Using cached|Downloaded) /.test(line)) {
          packages += 1;
          context.onProgress({ packages });
        }
        context.log(line);
      },
      writtenBytes,
      onWritten: (bytes) => {
        context.onProgress({ bytes });
        report({ bytes });
      },
    });
    if (result.code !== 0) throw new HostFailureError(pipFailure(target.label, result));
    return result;
  };

  const environment = join(folder, 'venv');
  const python = join(environment, 'bin/python');
  const [system] = pythonsOnPath(context);
  if (uv) await run(uv, ['venv', ...(target.python === undefined ? [] : ['--python', target.python]), environment]);
  else if (system) await run(system, ['-m', 'venv', environment]);
  else
    return failWith('INSTALL_FAILED', 'Neither uv nor python3 was found on this machine.', {
      hint: 'Install Python.',
    });
  const install = (args: string[]) =>
    uv
      ? run(uv, ['pip', 'install', '--python', python, ...args])
      : run(python, ['-m', 'pip', 'install', '--progress-bar', 'off', ...args]);
  if (target.hashes.length > 0) await install(checked(target, folder));
  await install([withExtras(target), ...(target.with ?? [])]);

  const { lines } = await run(python, ['-c', DESCRIBE, target.name]);
  const described = JSON.parse(lines.at(-1) ?? '{}') as Described; // printed by the program above
  return {
    program: {
      name: described.name || target.name,
      version: described.version || null,
      bin: join('venv/bin', chooseScript(described, target.label, target.bin)),
      interpreter: 'python',
      interpreterArgs: [],
      commandFolders: ['venv/bin'],
      python: realpathSync(python),
      packages: described.packages,
      dependencies: (described.all ?? [])
        .filter(([name, version]) => typeof name === 'string' && typeof version === 'string')
        .map(([name, version]) => ({ ecosystem: 'PyPI' as const, name, version })),
      engineWarning: null,
    },
    mayNameItself: (path) => NAMES_ENVIRONMENT.test(path),
  };
};

/** `name[a,b]==1.0`, or `path[a,b]` for a folder. */
const withExtras = ({ requirement, extras = [] }: PythonTarget): string => {
  if (extras.length === 0) return requirement;
  const version = requirement.indexOf('==');
  const at = version === -1 ? requirement.length : version;
  return `${requirement.slice(0, at)}[${extras.join(',')}]${requirement.slice(at)}`;
};

/** The part of a spec that only Python knows, as a key of the cache; empty for most, so that their keys stay. */
export const pythonKey = ({ extras, with: others, python }: PythonOptions): unknown[] =>
  extras || others || python ? [{ extras: extras ?? [], with: others ?? [], python: python ?? null }] : [];

/** Copies only what is set. */
export const pythonOptions = ({ extras, with: others, python }: PythonOptions): PythonOptions => ({
  ...(extras ? { extras } : {}),
  ...(others ? { with: others } : {}),
  ...(python ? { python } : {}),
});

export const pypiTarget = (spec: Extract<PackageSpec, { runtime: 'pypi' }>): PythonTarget => ({
  requirement: `${spec.name}==${spec.version}`,
  hashes: spec.hashes ?? [],
  name: spec.name,
  label: `${spec.name}==${spec.version}`,
  ...pythonOptions(spec),
  ...(spec.bin === undefined ? {} : { bin: spec.bin }),
});
