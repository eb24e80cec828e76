import type { AddressMode } from '#deploy/address.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import type { RegistrySettings } from '#deploy/host/contract.ts';
import type { KeptData } from '#deploy/kept-data.ts';
import type { NetworkWalls } from '../network-walls.ts';

/** The machines of one owner: the client that manages them, and the app and image of new ones. */
export type Fleet = {
  /** Knows every app in which the owner has machines, and creates a missing app before its first machine. */
  machines: MachinesClient;
  /** The app of new machines. Existing ones stay in the app of their row. */
  app: string;
  addressModeOf(app: string): AddressMode;
  image: string;
  /** The files that deployments keep over restarts and releases; null where machines keep none. */
  kept: KeptData | null;
  /** How registries of container images are reached for the machines of this owner. */
  registriesFor(image: string): RegistrySettings;
  /** Walls around what a machine reaches over the network, or why there are none. */
  networkWalls: NetworkWalls;
};

/** Finds the fleet of an owner, in the platform's account or in the owner's own. Calls no machine API. */
export type FindFleet = (ownerId: string) => Promise<Fleet>;
