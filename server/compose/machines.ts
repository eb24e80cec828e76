import { FLY_MACHINES_API } from '#deploy/fly/client.ts';
import { IsolationError } from '#deploy/local/isolation.ts';
import type { FindFleet } from '#server/domain/deployments/reconcile/fleet.ts';
import type { ReadOwnKeys } from '#server/domain/settings/own-keys.ts';
import type { Env } from '../env.ts';
import { type FlyMachines, type ObserveMachinesCall, openFlyMachines } from '../machines/fly.ts';
import { type OpenLocalOptions, openLocalMachines } from '../machines/local.ts';
import { StartError } from '../process/start-error.ts';

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
  readOwnKeys: ReadOwnKeys;
  /** Called for each call of the Machines API. */
  observe: ObserveMachinesCall;
};

const explainIsolation = (error: unknown): never => {
  if (error instanceof IsolationError) throw new StartError(error.message, error.hint, { cause: error });
  throw error;
};

/** Opens the machines on this computer or on Fly. */
export async function openMachines(options: MachinesOptions): Promise<Machines> {
  const { env, installation, administratorId, readOwnKeys, observe } = options;
  if (env.MACHINES === 'local') {
    const local = await openLocalMachines(options).catch(explainIsolation);
    return { ...local, deleteAppOf: null };
  }
  const fly = openFlyMachines({
    baseUrl: env.FLY_API_BASE_URL ?? FLY_MACHINES_API,
    token: env.FLY_API_TOKEN ?? null,
    organization: env.FLY_ORG,
    image: env.FLY_MCP_IMAGE ?? '',
    sharedApp: env.FLY_MCP_APP_NAME ?? null,
    installation,
    administratorId,
    readOwnKeys,
    observe,
  });
  return { ...fly, startsEmpty: false, isolation: null };
}
