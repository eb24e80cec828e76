import type { MachineTarget, Route } from './route.ts';

export const testTarget = (machineId: string, origin = 'http://127.0.0.1:1'): MachineTarget => ({
  machineId,
  origin,
  headers: {},
  token: 'host-token',
});

/** A running deployment that requires a token, has none, and has no machine. */
export const testRoute = (values: Partial<Route> = {}): Route => ({
  deploymentId: 'a',
  ownerId: 'ann',
  name: 'Weather',
  status: 'RUNNING',
  phase: null,
  failure: null,
  access: 'TOKEN',
  answersWhileAsleep: true,
  recordsBodies: false,
  tokens: [],
  views: [],
  current: null,
  releaseId: null,
  offerDigests: null,
  hasOffer: false,
  members: [],
  bundles: [],
  personal: null,
  lockVersion: 0,
  currentMachineId: 'm1',
  formerMachineIds: [],
  draining: [],
  ...values,
});
