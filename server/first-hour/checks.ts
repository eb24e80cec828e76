import type { Check } from './check.ts';
import { mounts, registryToken } from './checks/images.ts';
import { privateAddress, propagation, throttledInstall, wake } from './checks/machines.ts';
import { clientAddress, compressedStreams, lateAnswer } from './checks/requests.ts';

/** In the order of their numbers. */
export const CHECKS: readonly Check[] = [
  clientAddress,
  propagation,
  wake,
  compressedStreams,
  privateAddress,
  registryToken,
  lateAnswer,
  throttledInstall,
  mounts,
];

export type Result = { id: string; assumes: string; seen: string; asAssumed: boolean | null };

/** Runs one check; an error becomes its observation. */
export async function runCheck(check: Check, ...args: Parameters<Check['run']>): Promise<Result> {
  const { id, assumes } = check;
  try {
    return { id, assumes, ...(await check.run(...args)) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { id, assumes, seen: `It could not be looked at: ${text}`, asAssumed: null };
  }
}
