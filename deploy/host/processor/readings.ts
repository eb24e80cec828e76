import type { BoxSettings } from '../wall-contract.ts';
import { readHeldBackMs } from './held-back.ts';
import type { MeterReadings } from './processor-meter.ts';
import { readUsedMs } from './used-time.ts';

const ownProcessorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** What this computer says of the processor time of the host and its children. `controlGroups`: where a box has them. */
export const createReadings = (controlGroups: BoxSettings['controlGroups'] | undefined): MeterReadings => ({
  now: () => performance.now(),
  ownMs: ownProcessorMs,
  heldBackMs: () => readHeldBackMs(controlGroups),
  usedMs: readUsedMs,
});
