import { createHash } from 'node:crypto';
import type { AddressMode } from '#deploy/address.ts';
import { systemClock } from '#deploy/clock.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import type { ObservedCall } from '#deploy/fly/transport.ts';
import { registryOfImage } from '#deploy/host/package-spec.ts';
import type { Secret } from '#server/domain/credentials/secret.ts';
import type { NetworkWalls } from '#server/domain/deployments/network-walls.ts';
import type { Fleet, PackageImages } from '#server/domain/deployments/reconcile/fleet.ts';
import type { OwnFly, ReadOwnKeys } from '#server/domain/settings/own-keys.ts';
import { createFlyAccount, type FlyAccount } from './fly-account.ts';
import { ensureOwnImage, ownImageName } from './own-image.ts';
import { createOneAtATime, createPackageImages, type PackageImagesOptions } from './package-images.ts';
import {
  PRIVATE_READINGS,
  type PrivateAddresses,
  type PrivateReading,
  probePrivateAddresses,
} from './private-addresses.ts';
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
  /** The reading of private addresses that was found to work; null: apps have public addresses. Default: always null. */
  privateReading?: () => PrivateReading | null;
  /** Origins of image registries that may have a private address or go without TLS; the operator named them. */
  trustedRegistries?: readonly string[];
  /** Default: nothing is logged. */
  log?: PackageImagesOptions['log'];
  observe?: ObserveMachinesCall;
  /** Reaches machines; default: the system's. */
  fetch?: typeof globalThis.fetch;
  /** How long a kind of private address is tried; default 90 s. */
  probeMs?: number;
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
  /** Finds out with an app of its own how private addresses lead to machines from here; takes up to three minutes. */
  probePrivateAddresses(signal: AbortSignal): Promise<PrivateAddresses>;
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
  const privateReading = options.privateReading ?? (() => null);
  const kindOf = (app: string) => ({
    network: app !== sharedApp,
    privately: isPrivateApp(app) ? (privateReading() ?? FIRST_READING) : null,
  });
  const observe = (own: boolean) => (call: ObservedCall) => options.observe?.({ ...call, own });
  const platform = createFlyAccount(
    { baseUrl, token: options.token, organization: options.organization, observe: observe(false) },
    kindOf,
  );
  const owned = new Map<string, { key: string; account: FlyAccount }>();
  const addressModeOf = (app: string): AddressMode =>
    app === sharedApp ? { kind: '6pn', app } : { kind: isPrivateApp(app) ? 'flycast' : 'fly-proxy', app };

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
    const { token, organization } = fly;
    const account = createFlyAccount(
      {
        baseUrl,
        token,
        organization,
        observe: observe(true),
        ensureImage: (app) =>
          ensureOwnImage({
            image,
            platformToken: options.token?.reveal() ?? null,
            app,
            ownToken: token.reveal(),
          }),
      },
      kindOf,
    );
    owned.set(ownerId, { key, account });
    return account;
  };

  const closing = new AbortController();
  const oneAtATime = createOneAtATime();
  const packageImages = new Map<string, PackageImages | null>();
  const packageImagesFor = (app: string, machineImage: string, fly: OwnFly | null): PackageImages | null => {
    const token = (fly?.token ?? options.token)?.reveal() ?? null;
    const key = JSON.stringify([app, machineImage, token]);
    const known = packageImages.get(key);
    if (known !== undefined) return known;
    const log = options.log ?? (() => undefined);
    const made = createPackageImages(
      { image: machineImage, imageToken: token, app, token, log },
      oneAtATime,
      closing.signal,
    );
    packageImages.set(key, made);
    return made;
  };

  /** The app of new machines. Those in the app with the other kind of address move with their next release. */
  const newAppOf = (ownerId: string): string => {
    const app = platformAppOf(options, ownerId);
    return app === sharedApp || privateReading() === null ? app : privateAppOf(app);
  };

  return {
    findFleet: async (ownerId) => {
      const { fly, loginFor } = await readOwnKeys(ownerId);
      const own = accountOf(ownerId, fly);
      const clientOf = (app: string): MachinesClient =>
        own !== null && app === fly?.app ? own.machines : platform.machines;
      const app = fly?.app ?? newAppOf(ownerId);
      const machineImage = fly === null ? image : ownImageName(image, app);
      return {
        machines: routeByApp(clientOf),
        app,
        addressModeOf,
        image: machineImage,
        packageImages: packageImagesFor(app, machineImage, fly),
        kept: null,
        registriesFor: (name) => ({
          trusted: [...(options.trustedRegistries ?? [])],
          login: loginFor(registryOfImage(name)),
        }),
        networkWalls: NO_NETWORK_WALLS,
      };
    },
    deleteAppOf: async (ownerId, app, signal) => {
      if (app === sharedApp) return false;
      const publicApp = platformAppOf(options, ownerId);
      if (app !== publicApp && app !== privateAppOf(publicApp)) return true;
      const machines = await platform.machines.list(app, { summary: true }, { signal });
      if (machines.some(({ state }) => state !== 'destroyed')) return false;
      await platform.machines.deleteApp(app, { signal });
      return true;
    },
    probePrivateAddresses: (signal) =>
      probePrivateAddresses(
        {
          machines: platform.client,
          organization: options.organization,
          image,
          region: PROBE_REGION,
          fetch: options.fetch ?? globalThis.fetch,
          clock: systemClock,
          ...(options.probeMs === undefined ? {} : { reachedMsMax: options.probeMs }),
        },
        signal,
      ),
    close: async () => {
      closing.abort();
      await Promise.all([platform, ...Array.from(owned.values(), ({ account }) => account)].map((one) => one.close()));
    },
  };
}

/** What an app is called that has a private address instead of public ones. */
const privateAppOf = (app: string): string => `${app}-p`;
const isPrivateApp = (app: string): boolean => /^catwalk-[0-9a-f]{20}-p$/.test(app);
/** Where Fly has most machines; the network is the same everywhere. */
const PROBE_REGION = 'iad';
const [FIRST_READING] = PRIVATE_READINGS;

type Naming = Pick<FlyMachinesOptions, 'sharedApp' | 'administratorId' | 'installation'>;

/** The platform's app for the machines of one owner. */
export const platformAppOf = ({ sharedApp, administratorId, installation }: Naming, ownerId: string): string =>
  sharedApp !== null && ownerId === administratorId ? sharedApp : appName(`${installation} ${ownerId}`);

/** The default name of an app in a user's own organization. */
export const ownAppOf = ({ installation }: Pick<Naming, 'installation'>, ownerId: string): string =>
  appName(`${installation} ${ownerId} own`);

/** Unique over all of Fly, and the same at every start. */
const appName = (text: string): string => `catwalk-${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
