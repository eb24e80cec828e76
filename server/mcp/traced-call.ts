import type { EndpointRequest } from './gate.ts';
import type { MachineTarget } from './route.ts';

/** A call that is over, for who looks for one by its id. */
export type TracedCall = {
  requestId: string;
  deploymentId: string;
  /** Null when none was asked. */
  machineId: string | null;
  status: number;
  /** The error code, if the answer is our own. */
  code: string | null;
  milliseconds: number;
};

export const toTracedCall = (
  { requestId, path, startedAtMs }: EndpointRequest,
  status: number,
  code: string | null,
  target: MachineTarget | null,
): TracedCall => ({
  requestId,
  deploymentId: path.deploymentId,
  machineId: target?.machineId ?? null,
  status,
  code,
  milliseconds: Math.round(performance.now() - startedAtMs),
});
