import { existsSync } from 'node:fs';
import path from 'node:path';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { registryOfImage } from '#deploy/host/package-spec.ts';
import {
  createLocalMachines,
  LOCAL_APP,
  type LocalMachines,
  type LocalMachinesOptions,
  probeLocalWalls,
} from '#deploy/local/local-machines.ts';
import type { Fleet } from '#server/domain/deployments/reconcile/fleet.ts';
import type { ReadOwnKeys } from '#server/domain/settings/own-keys.ts';
import type { Env } from '../env.ts';
import { INSTALLATION } from '../process/installation.ts';
import type { ObserveMachinesCall } from './fly.ts';

export type OpenLocalOptions = {
  env: Env;
  dataDir: string;
  /** The environment; the hosts of local machines get a part of it. */
  environment: Record<string, string | undefined>;
  hostCommand?: LocalMachinesOptions['hostCommand'];
  /** Of `beginWallProbe`. */
  walls?: LocalMachinesOptions['walls'];
  onHostOutput: (machineId: string, line: string) => void;
  onWarning: NonNullable<LocalMachinesOptions['onWarning']>;
  observe: ObserveMachinesCall;
  readOwnKeys: ReadOwnKeys;
};

const hasOwnMachines = (env: Env): boolean => env.MACHINES === 'local' && env.FLY_API_BASE_URL === undefined;

/** Begins to find out what walls the machines of this computer can have, early in a start; undefined if nobody asks. */
export const beginWallProbe = ({ env, environment }: Pick<OpenLocalOptions, 'env' | 'environment'>) =>
  hasOwnMachines(env) && env.MACHINES_ISOLATION !== 'none' ? probeLocalWalls(environment) : undefined;

/** What to do for walls that are missing. */
const hintOf = ({ boxed, missing, network }: LocalMachines['isolation']): string | null =>
  missing?.hint ?? (boxed && !network.works ? network.hint : null);

/**
 * Opens the machines of this computer. Throws IsolationError if boxes are required and cannot be made. With
 * FLY_API_BASE_URL several instances share a local API in another process.
 */
export async function openLocalMachines(options: OpenLocalOptions) {
  const { env, dataDir, environment, onHostOutput, onWarning } = options;
  const bundle = existsSync(INSTALLATION.hostBundle)
    ? { command: process.execPath, args: [INSTALLATION.hostBundle] }
    : undefined;
  const hostCommand = options.hostCommand ?? bundle;
  const local = hasOwnMachines(env)
    ? await createLocalMachines({
        dataDir,
        cacheDir: path.join(dataDir, 'cache'),
        cacheBytesMax: env.CACHE_GB * 1e9,
        environment: env.NPM_REGISTRY_URL ? { ...environment, npm_config_registry: env.NPM_REGISTRY_URL } : environment,
        isolation: env.MACHINES_ISOLATION,
        namedPaths: env.singlePerson,
        onHostOutput,
        onWarning,
        ...(hostCommand === undefined ? {} : { hostCommand }),
        ...(options.walls && { walls: options.walls }),
      })
    : null;
  const trusted = env.IMAGE_REGISTRIES_TRUSTED ?? [];
  const machines = createMachinesClient({
    baseUrl: local?.baseUrl ?? env.FLY_API_BASE_URL ?? '',
    rateLimit: false,
    observe: (call) => options.observe({ ...call, own: false }),
    ...(env.FLY_API_TOKEN ? { token: env.FLY_API_TOKEN.reveal() } : {}),
  });
  const workplace: Omit<Fleet, 'registriesFor'> = {
    machines,
    app: LOCAL_APP,
    addressModeOf: () => ({ kind: 'local' }),
    image: 'local',
    packageImages: null,
    kept: local?.kept ?? null,
    networkWalls: local?.isolation.network ?? {
      works: false,
      reason: 'The machines belong to another process.',
      hint: 'Limit the network of servers where the machines run in the process of Catwalk itself.',
    },
  };
  return {
    findFleet: async (ownerId: string): Promise<Fleet> => {
      const { loginFor } = await options.readOwnKeys(ownerId);
      return { ...workplace, registriesFor: (image) => ({ trusted, login: loginFor(registryOfImage(image)) }) };
    },
    isolation: local === null ? null : { ...local.isolation, hint: hintOf(local.isolation) },
    startsEmpty: local !== null,
    close: async () => {
      await local?.close();
      await machines.close();
    },
  };
}
