import { createHash } from 'node:crypto';
import type { AddressMode } from '#deploy/address.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import type { ObservedCall } from '#deploy/fly/transport.ts';
import type { Secret } from '#server/domain/credentials/secret.ts';
import type { NetworkWalls } from '#server/domain/deployments/network-walls.ts';
import type { Fleet } from '#server/domain/deployments/reconcile/fleet.ts';
import type { OwnFly, ReadOwnKeys } from '#server/domain/settings/own-keys.ts';
import { createFlyAccount, type FlyAccount } from './fly-account.ts';
import { routeByApp } from './routed-client.ts';

export type FlyMachinesOptions = {
  baseUrl: string;
  /** The platform's own account. */
  token: Secret | null;
  organization: string;
  image: string;
  /** The app of the administrator's machines, on the backend's private network; null: an app like every owner's. */
  sharedApp: string | null;
  /** This installation's id, which is part of its app names. */
  installation: string;
  administratorId: string;
  readOwnKeys: ReadOwnKeys;
  observe?: ObserveMachinesCall;
};

/** `own`: the call used a user's own account, so it shows nothing about the platform's. */
export type ObserveMachinesCall = (call: ObservedCall & { own: boolean }) => void;

export type FlyMachines = {
  findFleet(ownerId: string): Promise<Fleet>;
  /**
   * Deletes an app that was made for one owner of the platform's account, once it has no machine left. Resolves to true
   * when nothing of the app is left to look after: it is gone, or it is in an organization of the owner's own.
   */
  deleteAppOf(ownerId: string, app: string, signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
};

const NO_NETWORK_WALLS: NetworkWalls = {
  works: false,
  reason: 'Machines on Fly reach everything that their network permits.',
  hint: 'Run servers with a limited network on machines of a Linux computer (docs/machines.md).',
};

/**
 * Machines on Fly. An owner with a token has an app in their own organization; every other owner has an app of the
 * platform on a network of its own, so that the servers of one owner reach neither those of another nor the backend.
 * Only the administrator's machines may share the backend's network, in the app named by FLY_MCP_APP_NAME.
 *
 * Machines that an owner had in the platform's app before they set a token stay there until their next release.
 */
export function openFlyMachines(options: FlyMachinesOptions): FlyMachines {
  const { baseUrl, image, sharedApp, readOwnKeys } = options;
  const kindOf = (app: string) => ({ network: app !== sharedApp });
  const observe = (own: boolean) => (call: ObservedCall) => options.observe?.({ ...call, own });
  const platform = createFlyAccount(
    { baseUrl, token: options.token, organization: options.organization, observe: observe(false) },
    kindOf,
  );
  const owned = new Map<string, { key: string; account: FlyAccount }>();
  const addressModeOf = (app: string): AddressMode =>
    app === sharedApp ? { kind: '6pn', app } : { kind: 'fly-proxy', app };

  /** One client per token: a new token gets a new client, and the old one finishes its calls. */
  const accountOf = (ownerId: string, fly: OwnFly | null): FlyAccount | null => {
    const key = fly === null ? '' : `${fly.organization} ${fly.token.reveal()}`;
    const known = owned.get(ownerId);
    if (known?.key === key) return known.account;
    if (known) {
      owned.delete(ownerId);
      void known.account.close();
    }
    if (fly === null) return null;
    const account = createFlyAccount(
      { baseUrl, token: fly.token, organization: fly.organization, observe: observe(true) },
      kindOf,
    );
    owned.set(ownerId, { key, account });
    return account;
  };

  return {
    findFleet: async (ownerId) => {
      const { fly } = await readOwnKeys(ownerId);
      const own = accountOf(ownerId, fly);
      const clientOf = (app: string): MachinesClient =>
        own !== null && app === fly?.app ? own.machines : platform.machines;
      const app = fly?.app ?? platformAppOf(options, ownerId);
      const machines = routeByApp(clientOf);
      return { machines, app, addressModeOf, image, kept: null, networkWalls: NO_NETWORK_WALLS };
    },
    deleteAppOf: async (ownerId, app, signal) => {
      if (app === sharedApp) return false;
      if (app !== platformAppOf(options, ownerId)) return true;
      const machines = await platform.machines.list(app, { summary: true }, { signal });
      if (machines.some(({ state }) => state !== 'destroyed')) return false;
      await platform.machines.deleteApp(app, { signal });
      return true;
    },
    close: async () => {
      await Promise.all([platform, ...Array.from(owned.values(), ({ account }) => account)].map((one) => one.close()));
    },
  };
}

type Naming = Pick<FlyMachinesOptions, 'sharedApp' | 'administratorId' | 'installation'>;

/** The platform's app for the machines of one owner. */
export const platformAppOf = ({ sharedApp, administratorId, installation }: Naming, ownerId: string): string =>
  sharedApp !== null && ownerId === administratorId ? sharedApp : appName(`${installation} ${ownerId}`);

/** The default name of an app in a user's own organization. */
export const ownAppOf = ({ installation }: Pick<Naming, 'installation'>, ownerId: string): string =>
  appName(`${installation} ${ownerId} own`);

/** Unique over all of Fly, and the same at every start. */
const appName = (text: string): string => `catwalk-${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
