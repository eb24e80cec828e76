import { chown, mkdir, rm, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { watchOom } from '../box/oom-counter.ts';
import { failWith, HostFailureError, hostFailure } from '../failure.ts';
import type { CompilerName } from '../package-spec.ts';
import type { Installation } from './cache.ts';
import type { InstallContext } from './context.ts';
import { createProgressLines, shownCommand } from './progress-lines.ts';
import { runTool, type ToolResult } from './run-tool.ts';
import { COMPILER_FACTS, findToolchain, type Toolchain } from './toolchain.ts';
import { writtenBytes } from './written-bytes.ts';

/** Less than the time that a machine may take to install. */
const BUILD_MS_MAX = 12 * 60_000;
/** A program has 512 MB at most. */
const COPY_MS_MAX = 60_000;
/** What one build may write: the program is small, what a compiler leaves on its way is not. */
const WRITTEN_BYTES_MAX = 8 * 1024 ** 3;
const PROGRAM_BYTES_MAX = 512 * 1024 ** 2;
const TAIL_LINES = 20;

export type Build = {
  toolchain: Toolchain;
  /** The folder below that of the installation that takes what only the build needs. */
  scratch: string;
  /** Runs the compiler in the folder of the source. Throws HostFailureError when it fails. */
  run(args: string[], env: Record<string, string>, onLine?: (line: string) => void): Promise<ToolResult>;
  /**
   * Copies a program that was built, with the rights of the builder alone: what a build says of its files may be made up,
   * and folders that it may write can have become links. Throws HostFailureError where that is not possible.
   */
  copy(from: string, to: string): Promise<void>;
  /** Removes what only the build needed. */
  close(): Promise<void>;
};

export type BuildOptions = {
  compiler: CompilerName;
  /** The folder of the module or crate. */
  source: string;
  /** For people. */
  label: string;
};

const NEEDS_NEWER =
  /requires go ?>?=? ?1\.\d+|note: module requires Go|invalid go version|package `[^`]+` cannot be built because it requires rustc|requires rustc \d|lock file version .{1,40} requires|feature `edition\d+` is required/i;

const failureOf = (
  { compiler, label }: BuildOptions,
  result: ToolResult,
  { outOfMemory, tooLarge }: { outOfMemory: boolean; tooLarge: boolean },
) => {
  const { language } = COMPILER_FACTS[compiler];
  // Cargo's messages for programs are not for people.
  const words = result.lines.filter((line) => line.trim() !== '' && !line.startsWith('{"reason":'));
  const stderrTail = words.slice(-TAIL_LINES);
  const details = { stderrTail, exitCode: result.code };
  if (outOfMemory)
    return hostFailure('OUT_OF_MEMORY', `The build of ${label} needed more memory than a builder has.`, {
      ...details,
      hint: 'Build it elsewhere, and run it with: catwalk host -- COMMAND.',
    });
  if (tooLarge)
    return hostFailure('DISK_FULL', `The build of ${label} wrote more than a builder may.`, {
      ...details,
      hint: 'Build it elsewhere, and run it with: catwalk host -- COMMAND.',
    });
  const text = words.join('\n');
  if (result.timedOut)
    return hostFailure('INSTALL_FAILED', `The build of ${label} took longer than 12 minutes.`, {
      ...details,
      retryable: true,
    });
  if (/ENOSPC|no space left on device/i.test(text))
    return hostFailure('DISK_FULL', `The disk was full while ${label} was built.`, details);
  if (NEEDS_NEWER.test(text))
    return hostFailure('ENGINE_MISMATCH', `${label} needs a newer ${language} than this machine has.`, {
      ...details,
      hint: `Install a newer ${language}, then start the deployment again.`,
    });
  if (/dial tcp|no such host|could not resolve host|failed to (download|fetch)|spurious network error/i.test(text))
    return hostFailure('INSTALL_FAILED', `What ${label} depends on could not be downloaded.`, {
      ...details,
      retryable: true,
    });
  return hostFailure('INSTALL_FAILED', `${label} could not be built.`, {
    ...details,
    hint: 'What the compiler said is in the log.',
  });
};

/** Prepares a build: the compiler, and a folder for what it leaves. Throws HostFailureError where there is none. */
export const openBuild = async (options: BuildOptions, folder: string, context: InstallContext): Promise<Build> => {
  const { compiler, source } = options;
  const facts = COMPILER_FACTS[compiler];
  const path = context.env['PATH'] ?? '';
  const toolchain = findToolchain(compiler, path);
  if (toolchain === null)
    return failWith(
      'INSTALL_FAILED',
      `A server in ${facts.language} is built where it runs, and no compiler was found.`,
      {
        hint: facts.hint,
      },
    );
  const scratch = join(folder, 'build');
  for (const made of [scratch, join(folder, 'bin')]) {
    await mkdir(made);
    if (context.user) await chown(made, context.user.uid, context.user.gid);
  }
  const report = createProgressLines(context.log);
  return {
    toolchain,
    scratch,
    run: async (args, env, onLine = context.log) => {
      const wasKilled = watchOom(context.builder?.oomKills ?? (() => null));
      const tooLarge = new AbortController();
      context.log(shownCommand(compiler, args, folder));
      const result = await runTool({
        command: toolchain.command,
        args,
        cwd: source,
        env: { ...context.env, ...env, PATH: [dirname(toolchain.command), path].join(delimiter) },
        user: context.user,
        confine: context.confine,
        needs: [toolchain.root],
        signal: AbortSignal.any([context.signal, tooLarge.signal]),
        timeoutMs: BUILD_MS_MAX * context.timeFactor,
        onLine,
        writtenBytes,
        onWritten: (bytes) => {
          context.onProgress({ bytes });
          report({ bytes });
          if (bytes > WRITTEN_BYTES_MAX) tooLarge.abort();
        },
      });
      const reasons = { outOfMemory: wasKilled(), tooLarge: tooLarge.signal.aborted };
      if (result.code !== 0) throw new HostFailureError(failureOf(options, result, reasons));
      return result;
    },
    copy: async (from, to) => {
      const { code, lines } = await runTool({
        command: 'cp',
        args: ['--', from, to],
        cwd: folder,
        env: context.env,
        user: context.user,
        confine: context.confine,
        signal: context.signal,
        timeoutMs: COPY_MS_MAX * context.timeFactor,
        onLine: context.log,
      });
      if (code !== 0)
        failWith('INSTALL_FAILED', `The program of ${options.label} could not be copied.`, { stderrTail: lines });
    },
    close: () => rm(scratch, { recursive: true, force: true }),
  };
};

/** The installation of one program in `bin/`. Throws HostFailureError when it is too large to be copied about. */
export const builtProgram = async (
  name: string,
  version: string | null,
  folder: string,
  packages: number,
): Promise<Installation> => {
  const bin = join('bin', name);
  const { size } = await stat(join(folder, bin));
  if (size > PROGRAM_BYTES_MAX) failWith('DISK_FULL', `The program ${name} is larger than 512 MB.`);
  return {
    program: {
      name,
      version,
      bin,
      interpreter: null,
      interpreterArgs: [],
      commandFolders: [],
      python: null,
      packages,
      engineWarning: null,
    },
    mayNameItself: () => false,
  };
};
