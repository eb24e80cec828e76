import type { AddressMode } from '#deploy/address.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';

/** Where an owner's machines run, and how they are spoken to. */
export type Workplace = { machines: MachinesClient; app: string; mode: AddressMode; image: string };

/** Finds the workplace of an owner: the platform's own, or the one of the owner's settings. */
export type FindWorkplace = (ownerId: string) => Promise<Workplace>;
