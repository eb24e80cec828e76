import { createHash } from 'node:crypto';
import { BUNDLE_APP, REMOTE_APP } from '#deploy/address.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { type Machine, machineSchema } from '#deploy/fly/wire.ts';
import type { Fleet } from '#server/domain/deployments/reconcile/fleet.ts';
import { routeByApp } from './routed-client.ts';

/** The row of a deployment without a machine: all that there is of one. */
export type RemoteRows = {
  /** The state in the row; null when there is no row. */
  readState(machineId: string): Promise<string | null>;
  writeState(machineId: string, state: string): Promise<void>;
};

const unsupported = (): Promise<never> => Promise.reject(new Error('A remote server has no machine.'));

const machineOf = (id: string, state: string): Machine => machineSchema.parse({ id, state });

/**
 * The Machines API of servers that run elsewhere, and of bundles: a machine is nothing but its row, which is on or off. With it a remote
 * server goes through the same states as every other deployment, and there is no second life cycle.
 */
export function createRemoteMachines({ readState, writeState }: RemoteRows): MachinesClient {
  const find = async (_app: string, id: string): Promise<Machine | null> => {
    const state = await readState(id);
    return state === null ? null : machineOf(id, state);
  };
  return {
    // The name is unique, and so is its hash: a create whose answer was lost is made again with the same id.
    create: async (_app, { name }) => {
      const digest = createHash('sha256').update(name).digest('hex').slice(0, 14);
      return machineOf(`remote${digest}`, 'started');
    },
    find,
    get: async (app, id) => (await find(app, id)) ?? machineOf(id, 'destroyed'),
    list: async () => [],
    start: async (_app, id) => {
      await writeState(id, 'started');
      return { previousState: null };
    },
    stop: (_app, id) => writeState(id, 'stopped'),
    suspend: (_app, id) => writeState(id, 'suspended'),
    delete: async (_app, id) => {
      await writeState(id, 'destroyed');
      return { accepted: true };
    },
    wait: async (_app, id, { state }) => ({ reached: (await readState(id)) === state }),
    restart: unsupported,
    update: unsupported,
    cordon: unsupported,
    uncordon: unsupported,
    setMetadata: unsupported,
    findApp: async () => null,
    listApps: async () => [],
    currentToken: async () => [],
    ensureApp: unsupported,
    deleteApp: unsupported,
    close: async () => undefined,
  };
}

/** A fleet that knows deployments without a machine beside its own machines. */
export const withRemote = (fleet: Fleet, remote: MachinesClient): Fleet => ({
  ...fleet,
  machines: {
    ...routeByApp((app) => (app === REMOTE_APP || app === BUNDLE_APP ? remote : fleet.machines)),
    listApps: fleet.machines.listApps,
    currentToken: fleet.machines.currentToken,
    close: fleet.machines.close,
  },
  addressModeOf: (app) => {
    if (app === REMOTE_APP) return { kind: 'remote' };
    return app === BUNDLE_APP ? { kind: 'bundle' } : fleet.addressModeOf(app);
  },
});
