import type { HeldBack } from '../contract.ts';

/** So much processor time is spent on one sample of the ratio. */
const SPIN_MS = 2;
const SAMPLE_EVERY_MS = 1_000;

export type Measured = HeldBack & {
  /** Processor time; null where nothing counts it. */
  usedMs: number | null;
};

export type MeterReadings = {
  /** Wall time in milliseconds. */
  now(): number;
  /** Processor time of this process alone in milliseconds. */
  ownMs(): number;
  /** Counted from any moment; null where nothing counts it. */
  heldBackMs(): number | null;
  /** Processor time with that of ended children in milliseconds; null where nothing counts it. */
  usedMs(): number | null;
};

/** The part of wall time that a program waits for the processor: spins for a moment and compares the two. */
export const waitingShare = ({ now, ownMs }: Pick<MeterReadings, 'now' | 'ownMs'>): number => {
  const wallFrom = now();
  const ownFrom = ownMs();
  while (ownMs() - ownFrom < SPIN_MS) {
    // Only time that this process gets counts.
  }
  return Math.max(0, 1 - (ownMs() - ownFrom) / (now() - wallFrom));
};

/**
 * Measures how long the processor was withheld while something was done: by what the system counts, else by the ratio of
 * processor and wall time, sampled every second. The ratio is sampled only where a quota is expected.
 */
export const createProcessorMeter = (readings: MeterReadings, expectsQuota: boolean) => {
  const start = () => {
    const from = readings.now();
    const before = readings.heldBackMs();
    const usedBefore = readings.usedMs();
    const shares: number[] = [];
    const timer =
      expectsQuota && before === null
        ? setInterval(() => shares.push(waitingShare(readings)), SAMPLE_EVERY_MS).unref()
        : undefined;
    const read = (): Measured => {
      const wallMs = readings.now() - from;
      const after = readings.heldBackMs();
      const usedAfter = readings.usedMs();
      const mean = shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
      const heldBackMs = after === null ? mean * wallMs : after - (before ?? 0);
      return {
        wallMs: Math.round(wallMs),
        heldBackMs: Math.round(Math.min(wallMs, Math.max(0, heldBackMs))),
        usedMs: usedBefore === null || usedAfter === null ? null : usedAfter - usedBefore,
      };
    };
    let ended: Measured | null = null;
    return {
      /** What was measured so far; after the end, until then. */
      read: () => ended ?? read(),
      end: () => {
        clearInterval(timer);
        ended ??= read();
        return ended;
      },
    };
  };
  return { start };
};

export type Measurement = ReturnType<ReturnType<typeof createProcessorMeter>['start']>;

/** The figures of a measurement as a host reports them: so far, or until its end. */
export const heldBackOf = (measured: Measurement | null): HeldBack | null => {
  if (measured === null) return null;
  const { wallMs, heldBackMs } = measured.read();
  return { wallMs, heldBackMs };
};
