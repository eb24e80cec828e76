import { chmod } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Clock, systemClock } from '../clock.ts';
import { isCompiled } from '../host/package-spec.ts';
import { METADATA_KEYS } from '../machine-config.ts';
import { createApiServer } from './api-server.ts';
import { createFaults, type Faults } from './faults.ts';
import { type Guest, openFlyProcessors } from './fly-processors.ts';
import { hostEnvironment } from './host-environment.ts';
import { type HostCommand, spawnHost } from './host-process.ts';
import { newMachineId } from './ids.ts';
import { type Isolation, type IsolationMode, openIsolation, probeWalls, type Walls } from './isolation.ts';
import { createKeptData, type LocalKeptData } from './kept-data.ts';
import { createLeases } from './leases.ts';
import { createMachine, type LocalMachine } from './machine.ts';
import { createMachineFolders, type MachineFolders } from './machine-folders.ts';
import { createMachineStore } from './machine-store.ts';
import { hostConfigOf, type LocalConfig } from './requests.ts';
import type { RouteDeps } from './route.ts';
import { createRoutes } from './routes.ts';
import { chooseSocketPath, prepareSocketPath } from './socket.ts';

const MEGABYTE = 1024 * 1024;
const MEMORY_MB_DEFAULT = 256;

/** The app that exists from the start. */
export const LOCAL_APP = 'catwalk-local';

export type LocalMachinesOptions = {
  /** Machines work in `{dataDir}/machines/{id}`. One local API at a time: folders of earlier ones are removed. */
  dataDir: string;
  /** Finished installations, from which all machines take copies. */
  cacheDir: string;
  /** The size of the cache in bytes, beyond which hosts remove what was not used for the longest time; default: not limited. */
  cacheBytesMax?: number;
  /** Default: below dataDir, or in a short private folder where that is too deep. Its folder must be private. */
  socketPath?: string;
  /** A loopback port instead of a socket (0 for any free one); then a token is required. */
  port?: number;
  token?: string;
  /** Further tokens by the slug of the organization that each sees alone. */
  organizationTokens?: Record<string, string>;
  /** Default: the host of this checkout, on the Node that runs now. */
  hostCommand?: HostCommand;
  /** The code in host-environment.ts decides which of these variables a host may see. */
  environment?: Record<string, string | undefined>;
  /** Apps that exist from the start; default LOCAL_APP. */
  apps?: readonly string[];
  faults?: Faults;
  clock?: Clock;
  /** How machines are kept apart; default `none`. */
  isolation?: IsolationMode;
  /** Of `probeLocalWalls`; by default the walls are probed when the machines open. */
  walls?: Promise<Walls>;
  /** Arguments of servers may open files of this computer: for one person alone. Default true. */
  namedPaths?: boolean;
  /** Of one processor for each machine, as Fly limits it; only in boxes with control groups. */
  processorShare?: number;
  /** Machines have the processors of their `guest`, with bursts and quotas as on Fly; where control groups allow it. */
  flyProcessors?: boolean;
  /** Lines that a host prints itself: for a developer's eyes, never credentials of a server. */
  onHostOutput?: (machineId: string, line: string) => void;
  /** A sentence that the person who runs Catwalk should read; the machine is null where it is about all of them. */
  onWarning?: (machineId: string | null, message: string) => void;
};

export type LocalMachines = {
  /** For createMachinesClient: `unix:/…`, or `http://127.0.0.1:…`. */
  baseUrl: string;
  /** How machines are kept apart from each other and from this computer. */
  isolation: Pick<Isolation, 'boxed' | 'summary' | 'missing' | 'network'>;
  /** The files that deployments keep. */
  kept: LocalKeptData;
  faults: Faults;
  /** Events that happen to machines without a request. */
  chaos: {
    /** Ends a machine's process; false when none runs. */
    crash(machineId: string, cause?: { oom?: boolean }): Promise<boolean>;
    setHostStatus(machineId: string, status: 'ok' | 'unknown' | 'unreachable'): void;
    /** Lets a machine's host run for so many of every 80 ms; null: always. */
    throttle(machineId: string, runMs: number | null): void;
    /** Stops a machine's host process without any sign of it in the API. */
    stall(machineId: string): void;
  };
  /** Ends every machine and waits until no process is left. */
  close(): Promise<void>;
};

const defaultHostCommand = (): HostCommand => ({
  command: process.execPath,
  args: [fileURLToPath(new URL('../host/main.ts', import.meta.url))],
});

/** Finds out what walls machines can have. Other processes do it, so that a start can do something else meanwhile. */
export const probeLocalWalls = (environment: NonNullable<LocalMachinesOptions['environment']>): Promise<Walls> =>
  probeWalls({ path: hostEnvironment(environment, process.execPath)['PATH'] ?? '' });

const guestSchema = z.object({ cpu_kind: z.enum(['shared', 'performance']), cpus: z.number() });

const guestOf = ({ guest }: LocalConfig): Guest => {
  const { cpu_kind: kind, cpus } = guestSchema.safeParse(guest).data ?? { cpu_kind: 'shared' as const, cpus: 1 };
  return { kind, cpus };
};

/** A Machines API on this computer, with real processes behind it. Throws IsolationError (isolation.ts). */
export const createLocalMachines = async (options: LocalMachinesOptions): Promise<LocalMachines> => {
  const { clock = systemClock, faults = createFaults(), hostCommand = defaultHostCommand() } = options;
  const environment = hostEnvironment(options.environment ?? process.env, process.execPath);
  const cacheDir = resolve(options.cacheDir);
  const isolation = await openIsolation({
    mode: options.isolation ?? 'none',
    namedPaths: options.namedPaths ?? true,
    hidden: [resolve(options.dataDir), cacheDir],
    processorShare: options.processorShare ?? null,
    path: environment['PATH'] ?? '',
    ...(options.walls && { walls: options.walls }),
  });
  const processors = options.flyProcessors ? openFlyProcessors() : null;
  const kept = createKeptData(resolve(options.dataDir));
  let folders: MachineFolders | null = null;
  const openFolders = (): MachineFolders => {
    folders ??= createMachineFolders(resolve(options.dataDir), (error) =>
      options.onWarning?.(null, `The folder of a machine could not be removed: ${String(error)}`),
    );
    return folders;
  };
  const store = createMachineStore(options.apps ?? [LOCAL_APP]);
  let closing = false;

  const make: RouteDeps['createMachine'] = (app, input) => {
    hostConfigOf(input.config); // refused before there is a machine, as an image is that does not exist
    const id = newMachineId();
    const { config, region = 'local', name = `machine-${id}` } = input;
    const machine = createMachine(
      {
        clock,
        faults,
        folders: openFolders(),
        spawn: ({ config: current, onPort }) => {
          if (closing) throw new Error('The local Machines API is closing.');
          const workingDir = openFolders().open(id);
          const hostConfig = hostConfigOf(current);
          const memoryBytes = (hostConfig.memoryMb ?? MEMORY_MB_DEFAULT) * MEGABYTE;
          const deploymentId = current.metadata?.[METADATA_KEYS.deployment];
          const owner = deploymentId ?? id;
          const box = isolation.openBox({
            id,
            owner,
            memoryBytes,
            builds: isCompiled(hostConfig.package),
            // Paths in an image are not those of this computer.
            words: hostConfig.package.runtime === 'oci' ? [] : [...hostConfig.args, ...Object.values(hostConfig.env)],
          });
          if (isolation.boxed && box === null)
            options.onWarning?.(id, 'This server runs without a box, because its settings name files of root.');
          const message = {
            config: hostConfig,
            dataDir: workingDir,
            cacheDir,
            ...(options.cacheBytesMax === undefined ? {} : { cacheBytesMax: options.cacheBytesMax }),
            machineId: id,
            ...(deploymentId === undefined ? {} : { keptDir: kept.folderOf(deploymentId) }),
          };
          const spawned = spawnHost({
            hostCommand,
            environment,
            workingDir,
            message: box === null ? message : { ...message, box: box.settings },
            onPort,
            onOutput: (line) => options.onHostOutput?.(id, line),
          });
          processors?.limit(id, spawned.pid, guestOf(current));
          void spawned.exited.then(() => box?.close());
          return spawned;
        },
      },
      { app, id, name, region, config },
    );
    store.add(machine);
    return machine;
  };

  let hosts: readonly string[] = [];
  const server = createApiServer({
    routes: createRoutes({ clock, store, leases: createLeases(clock), createMachine: make }),
    faults,
    clock,
    token: options.token ?? null,
    organizationTokens: new Map(Object.entries(options.organizationTokens ?? {})),
    hosts: options.port === undefined ? null : () => hosts,
  });

  const listen = async (where: { path: string } | { port: number; host: string }): Promise<void> => {
    const { promise, resolve: listening, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(where, listening);
    await promise;
    server.off('error', reject);
  };

  let baseUrl: string;
  if (options.port === undefined) {
    const path = options.socketPath ?? chooseSocketPath(options.dataDir);
    await prepareSocketPath(path);
    // Only now: while another one answers there, its machines still work in these folders.
    openFolders();
    await listen({ path });
    await chmod(path, 0o600);
    baseUrl = `unix:${path}`;
  } else {
    if (!options.token) throw new Error('A local Machines API on a port needs a token: every user can reach a port.');
    openFolders();
    await listen({ port: options.port, host: '127.0.0.1' });
    const { port } = server.address() as AddressInfo; // it listens on TCP
    hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    baseUrl = `http://127.0.0.1:${port}`;
  }

  const get = (machineId: string): LocalMachine => {
    const machine = store.all().find(({ record }) => record.id === machineId);
    if (machine === undefined) throw new Error(`There is no machine ${machineId}.`);
    return machine;
  };

  return {
    baseUrl,
    isolation,
    kept,
    faults,
    chaos: {
      crash: (machineId, cause) => get(machineId).crash({ oom: cause?.oom ?? false }),
      setHostStatus: (machineId, status) => get(machineId).setHostStatus(status),
      throttle: (machineId, runMs) => get(machineId).throttle(runMs),
      stall: (machineId) => get(machineId).stall(),
    },
    close: async () => {
      closing = true;
      const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
      server.close(() => onClosed());
      server.closeAllConnections();
      const machines = store.all();
      for (const machine of machines) machine.destroy(true);
      await Promise.all(machines.map((machine) => machine.gone));
      await folders?.settled();
      isolation.close();
      processors?.close();
      await closed;
    },
  };
};
