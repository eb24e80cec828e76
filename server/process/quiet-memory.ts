import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

const LOOK_EVERY_MS = 15_000;
/** The share of a core that upkeep alone takes. */
const QUIET_SHARE = 0.05;
const SPARE_BYTES_MIN = 24 * 1024 * 1024;

export type QuietMemoryDeps = {
  timers: { every(milliseconds: number, run: () => void): () => void };
  /** The share of the time since the last call in which the event loop was busy. */
  busyShare: () => number;
  /** What the heap holds and does not use, in bytes. */
  spareBytes: () => number;
  collect: () => Promise<void>;
  onError: (error: unknown) => void;
};

/**
 * Gives memory back while the server is idle. Under load, and in its start, the young generation grows to 64 MB, and V8
 * leaves it so in a process that makes hardly any garbage. One collection, which takes about a tenth of a second, makes it
 * small again; it grows with the next load. Returns a function that ends the watch.
 */
export function keepQuietMemory({ timers, busyShare, spareBytes, collect, onError }: QuietMemoryDeps): () => void {
  let isCollecting = false;
  return timers.every(LOOK_EVERY_MS, () => {
    if (busyShare() > QUIET_SHARE || spareBytes() < SPARE_BYTES_MIN || isCollecting) return;
    isCollecting = true;
    collect()
      .catch(onError)
      .finally(() => {
        isCollecting = false;
      });
  });
}

/** The inspector opens no port for a session of the process with itself. */
export async function collectGarbage(): Promise<void> {
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}

export const measureBusyShare = (): (() => number) => {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
};

export const spareHeapBytes = (): number => {
  const { total_heap_size, used_heap_size } = getHeapStatistics();
  return total_heap_size - used_heap_size;
};
