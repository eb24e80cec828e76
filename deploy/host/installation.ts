import { chown, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { boxedInstallEnvironment } from './box/installer-settings.ts';
import { watchOom } from './box/oom-counter.ts';
import { type ChildUser, installEnvironment } from './child/environment.ts';
import type { HostFailure, HostStatus } from './contract.ts';
import { failureOf, outOfMemoryWhileInstalling, redactFailure } from './failure.ts';
import type { HostOptions } from './host-options.ts';
import { behindRelay } from './http-servers/behind-relay.ts';
import { installPackage } from './install/install.ts';
import type { Program } from './install/program.ts';
import { openKeptFiles } from './kept/kept-files.ts';
import type { createProcessorMeter, Measurement } from './processor/processor-meter.ts';
import type { Walls } from './walls.ts';
import { createWorkspaces, type Workspaces } from './workspaces/workspaces.ts';

/** Up to this size npm runs with a small young generation: 40 MB less at its peak. */
const SMALL_MACHINE_MB = 512;

/** The installation of a host's package, and what came of it so far. */
export interface Installation {
  /** Null until the package is installed. */
  readonly program: Program | null;
  /** The folders that the children work in; null until the package is installed. */
  readonly workspaces: Workspaces | null;
  /** The installation as a layer of the machine's image; null where there is none to pack. */
  packLayer(): AsyncIterable<Buffer> | null;
  /** Why there is no program, or why its start could not begin. */
  readonly failure: HostFailure | null;
  /** Null until the first figures are known. */
  readonly progress: HostStatus['install'];
  /** The time and the processor of the installation; null before it began. */
  readonly measurement: Measurement | null;
  /**
   * Installs the package, then starts the server. A failure of either is kept, and reported to `onFailed`. Starts nothing
   * after an abort. Never rejects.
   */
  run(start: () => Promise<void>, onFailed: () => void): Promise<void>;
}

export type InstallationDeps = {
  options: HostOptions;
  walls: Walls;
  user: ChildUser | null;
  meter: ReturnType<typeof createProcessorMeter>;
  /** The clock of the workspaces: milliseconds, without the time asleep. */
  clock: () => number;
  signal: AbortSignal;
  log: (stream: 'INSTALL' | 'HOST', text: string) => void;
  redact: (text: string) => string;
};

/** Prepares the folder of the installers. */
export const openInstallation = async (deps: InstallationDeps): Promise<Installation> => {
  const { options, walls, user, meter, clock, signal, log, redact } = deps;
  const { config, dataDir } = options;
  const { box, oomKills } = walls;
  const temporary = join(dataDir, 'install-tmp');
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  if (user) await chown(temporary, user.uid, user.gid);

  let program: Program | null = null;
  let workspaces: Workspaces | null = null;
  let failure: HostFailure | null = null;
  let progress: HostStatus['install'] = null;
  let measurement: Measurement | null = null;

  const install = async (): Promise<Program> => {
    const env =
      box === null
        ? { ...installEnvironment(options.installHome ?? null), TMPDIR: temporary }
        : boxedInstallEnvironment(temporary);
    await walls.openNetwork(env);
    const found = await installPackage(config.package, {
      cacheDir: resolve(options.cacheDir),
      ...(options.installedDir === undefined ? {} : { installedDir: options.installedDir }),
      ...(options.cacheBytesMax === undefined ? {} : { cacheBytesMax: options.cacheBytesMax }),
      env,
      user,
      box,
      builder: walls.builder,
      ...(options.missingBox === undefined ? {} : { missingBox: options.missingBox }),
      registries: config.registries ?? { trusted: [], login: null },
      args: config.args,
      timeFactor: config.timeFactor ?? 1,
      nodeFlags: (config.memoryMb ?? Number.POSITIVE_INFINITY) <= SMALL_MACHINE_MB ? ['--max-semi-space-size=1'] : [],
      signal,
      log: (line) => log('INSTALL', line),
      onProgress: (figures) => {
        progress = { cached: false, packages: 0, bytes: 0, milliseconds: null, ...progress, ...figures };
      },
    });
    walls.serve();
    const { http } = config.package;
    return http === undefined ? found : behindRelay(found, http, options.relay ?? []);
  };

  return {
    get program() {
      return program;
    },
    get workspaces() {
      return workspaces;
    },
    packLayer: () =>
      options.installedDir === undefined
        ? null
        : (program?.packLayer?.(options.installedDir.replace(/^\//, '')) ?? null),
    get failure() {
      return failure;
    },
    get progress() {
      return progress;
    },
    get measurement() {
      return measurement;
    },
    run: async (start, onFailed) => {
      const measured = meter.start();
      measurement = measured;
      const wasKilled = watchOom(oomKills);
      try {
        const installed = await install();
        workspaces = createWorkspaces({
          folder: join(dataDir, 'workspaces'),
          program: installed,
          config,
          user,
          box,
          kept: options.keptDir === undefined ? null : openKeptFiles(options.keptDir, user),
          clock,
          log: (text) => log('HOST', text),
        });
        // The first one belongs to the installation: a disk that is full shows here.
        if (!config.trial) await workspaces.acquire(null);
        program = installed;
        const { cached, packages, bytes } = installed;
        const { usedMs, wallMs } = measured.end();
        const used = usedMs === null ? {} : { processorMs: usedMs };
        progress = { cached, packages, bytes, milliseconds: wallMs, ...used };
        if (!signal.aborted) await start();
      } catch (error) {
        const found = failureOf(error, 'INSTALL_FAILED');
        failure = redactFailure(wasKilled() ? outOfMemoryWhileInstalling(found) : found, redact);
        log('HOST', failure.message);
        onFailed();
      } finally {
        measured.end();
      }
    },
  };
};
