import { Agent, type buildConnector, fetch, type RequestInit } from 'undici';
import { FLY_MACHINES_API } from '#deploy/fly/client.ts';
import { IsolationError } from '#deploy/local/isolation.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { FindFleet } from '#server/domain/deployments/reconcile/fleet.ts';
import type { Env } from '../env.ts';
import { type FlyMachines, type ObserveMachinesCall, openFlyMachines } from '../machines/fly.ts';
import { type OpenLocalOptions, openLocalMachines } from '../machines/local.ts';
import { StartError } from '../process/start-error.ts';
import { openPrivateReading, type PrivateReadingDeps } from './private-reading.ts';

export type MachinesIsolation = { boxed: boolean; summary: string; hint: string | null };

export type Machines = {
  findFleet: FindFleet;
  /** Deletes the app of an owner who left; null where all owners share one. */
  deleteAppOf: FlyMachines['deleteAppOf'] | null;
  /** The machines of the last server ended with it: none of its rows has one. */
  startsEmpty: boolean;
  /** How machines of this computer are kept apart; null for machines elsewhere. */
  isolation: MachinesIsolation | null;
  close(): Promise<void>;
};

export type MachinesOptions = OpenLocalOptions & {
  env: Env;
  /** This installation's id: names the apps of its users. */
  installation: string;
  administratorId: string;
  /** Called for each call of the Machines API. */
  observe: ObserveMachinesCall;
  prisma: PrismaClient;
  log: PrivateReadingDeps['log'];
  /** Connects to machines in another way than their addresses say. */
  connect?: buildConnector.connector | undefined;
};

const explainIsolation = (error: unknown): never => {
  if (error instanceof IsolationError) throw new StartError(error.message, error.hint, { cause: error });
  throw error;
};

/** undici's types of fetch are its own, and mean the same. */
const dialling = (dispatcher: Agent): typeof globalThis.fetch => {
  const dial = (url: string, init: RequestInit) => fetch(url, { ...init, dispatcher });
  return dial as unknown as typeof globalThis.fetch;
};

/** Opens the machines on this computer or on Fly. */
export async function openMachines(options: MachinesOptions): Promise<Machines> {
  const { env, installation, administratorId, readOwnKeys, observe } = options;
  if (env.MACHINES === 'local') {
    const local = await openLocalMachines(options).catch(explainIsolation);
    return { ...local, deleteAppOf: null };
  }
  const dispatcher = options.connect && new Agent({ connect: options.connect });
  const privateReading = await openPrivateReading({
    prisma: options.prisma,
    enabled: env.FLY_PRIVATE_ADDRESSES === 'auto',
    log: options.log,
  });
  const fly = openFlyMachines({
    baseUrl: env.FLY_API_BASE_URL ?? FLY_MACHINES_API,
    token: env.FLY_API_TOKEN ?? null,
    organization: env.FLY_ORG,
    image: env.FLY_MCP_IMAGE ?? '',
    sharedApp: env.FLY_MCP_APP_NAME ?? null,
    installation,
    administratorId,
    readOwnKeys,
    trustedRegistries: env.IMAGE_REGISTRIES_TRUSTED ?? [],
    log: options.log,
    observe,
    privateReading: privateReading.read,
    // undici's types of fetch are its own, and mean the same
    ...(dispatcher && { fetch: dialling(dispatcher) }),
  });
  privateReading.begin(fly);
  return {
    ...fly,
    startsEmpty: false,
    isolation: null,
    close: async () => {
      await privateReading.close();
      await fly.close();
      await dispatcher?.close();
    },
  };
}
