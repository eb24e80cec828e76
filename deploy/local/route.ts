import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Leases } from './leases.ts';
import type { LocalMachine } from './machine.ts';
import type { MachineStore } from './machine-store.ts';
import type { createMachineSchema } from './requests.ts';

export type RouteRequest = {
  app: string;
  machine: string;
  key: string;
  query: URLSearchParams;
  body: unknown;
  leaseNonce: string | null;
  /** The organization of the caller's token; null for a token that sees every organization. */
  organization: string | null;
  /** Aborted when the caller leaves. */
  signal: AbortSignal;
};

export type RouteAnswer = { status: number; json?: unknown };

export type Route = {
  method: string;
  /** `:app`, `:machine` and `:key` stand for one segment each. */
  path: string;
  action: string;
  handle: (request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>;
};

export type RouteDeps = {
  clock: Clock;
  store: MachineStore;
  leases: Leases;
  /** Makes a machine and adds it to the store. */
  createMachine: (app: string, input: z.output<typeof createMachineSchema>) => LocalMachine;
};

export const OK: RouteAnswer = { status: 200, json: { ok: true } };
export const NO_CONTENT: RouteAnswer = { status: 204 };
export const json = (value: unknown, status = 200): RouteAnswer => ({ status, json: value });
