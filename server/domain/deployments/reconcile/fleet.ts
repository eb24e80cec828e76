import type { AddressMode } from '#deploy/address.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import type { RegistrySettings } from '#deploy/host/contract.ts';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import type { KeptData } from '#deploy/kept-data.ts';
import type { NetworkWalls } from '../network-walls.ts';

/** Images of machines that hold a package installed, so that nothing is installed at boot. */
export type PackageImages = {
  /** The image for a package; null where there is none yet, or the registry cannot be asked. */
  find(spec: PackageSpec, signal: AbortSignal): Promise<string | null>;
  /** The registry does not have that image any more. */
  forget(image: string): void;
  /**
   * Makes such an image in the background, unless there is one, from what a machine has installed: `read` resolves to a
   * layer for the machine image, and to null where the machine has none. Never throws; a failure is logged.
   */
  keep(spec: PackageSpec, read: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array> | null>): void;
};

/** The machines of one owner: the client that manages them, and the app and image of new ones. */
export type Fleet = {
  /** Knows every app in which the owner has machines, and creates a missing app before its first machine. */
  machines: MachinesClient;
  /** The app of new machines. Existing ones stay in the app of their row. */
  app: string;
  addressModeOf(app: string): AddressMode;
  image: string;
  /** Null where machines take packages from a cache of their own computer, or where none can be made. */
  packageImages: PackageImages | null;
  /** The files that deployments keep over restarts and releases; null where machines keep none. */
  kept: KeptData | null;
  /** How registries of container images are reached for the machines of this owner. */
  registriesFor(image: string): RegistrySettings;
  /** Walls around what a machine reaches over the network, or why there are none. */
  networkWalls: NetworkWalls;
};

/** Finds the fleet of an owner, in the platform's account or in the owner's own. Calls no machine API. */
export type FindFleet = (ownerId: string) => Promise<Fleet>;
