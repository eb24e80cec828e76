import type { AddressMode } from '#deploy/address.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';

/** Where an owner's machines run, and how they are spoken to. */
export type Workplace = {
  /** Knows every app that the owner has machines in, and makes an app that is absent before the first machine. */
  machines: MachinesClient;
  /** Where new machines go. Those that are there already stay in the app of their row. */
  app: string;
  modeOf(app: string): AddressMode;
  image: string;
};

/** Finds the workplace of an owner: the platform's own, or the one of the owner's settings. Calls no machine API. */
export type FindWorkplace = (ownerId: string) => Promise<Workplace>;
