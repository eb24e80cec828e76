import { createWake } from '#server/domain/deployments/intents/wake.ts';
import { type ReconcileDeps, reconcile } from '#server/domain/deployments/reconcile/reconcile.ts';
import { claimDue, healAfterClockSetBack } from '#server/domain/deployments/rows/lease.ts';
import { createPassedTime, type PassedTimeOptions } from '#server/domain/passed-time.ts';
import { systemTimers } from '#server/domain/timers.ts';
import { type LeakSweepDeps, startLeakSweep } from './leak-sweep.ts';
import { startMachineWatch } from './machine-watch.ts';

export type ReconcilerDeps = Omit<ReconcileDeps, 'pause' | 'failuresInARow' | 'passed'> &
  Pick<PassedTimeOptions, 'steadyMs'> & {
    /** Interval of the listings that notice dead machines between health checks. */
    watchIntervalMs?: number;
    /** Deployments worked on at once by this instance. */
    concurrency: number;
    onError(error: unknown, deploymentId: string | null): void;
    /** Called after each turn of work on a deployment. */
    onTurn?: (failed: boolean, milliseconds: number) => void;
    /** Called after each scan for due deployments. */
    onScan?: (failed: boolean) => void;
    /** Logs machines without a row; by default only errors are reported, through onError. */
    log?: LeakSweepDeps['log'];
  };

export interface Reconciler {
  /** Resolves when the rows under way have been given back. */
  close(): Promise<void>;
}

/** Scans for due rows at this interval, besides the events that announce them. */
const SCAN_MS = 1_000;
const WATCH_MS = 5_000;

/** Claims due deployments and works on them. Any number of instances may do so at once. */
export function startReconciler(deps: ReconcilerDeps): Reconciler {
  const timers = deps.timers ?? systemTimers;
  const failuresInARow = new Map<string, number>();
  const passed = createPassedTime(deps);
  const wake = createWake(deps);
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const wakers = new Map<string, () => void>();
  let scanning = false;
  /** Before the first scan the clock may have been set back since the last start. */
  let scannedAtMs = Number.POSITIVE_INFINITY;
  let scanAgain = false;

  const pause = (deploymentId: string, ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        stopTimer();
        signal.removeEventListener('abort', done);
        wakers.delete(deploymentId);
        resolve();
      };
      const stopTimer = timers.after(ms, done);
      signal.addEventListener('abort', done, { once: true });
      wakers.set(deploymentId, done);
    });

  const work = async (id: string, leaseOwner: string): Promise<void> => {
    const startedAt = performance.now();
    let failed = false;
    try {
      await reconcile({ ...deps, passed, pause, failuresInARow }, id, leaseOwner, stopping.signal);
    } catch (error) {
      failed = !stopping.signal.aborted;
      if (failed) deps.onError(error, id);
    } finally {
      deps.onTurn?.(failed, performance.now() - startedAt);
      running.delete(leaseOwner);
      void scan();
    }
  };

  const scan = async (): Promise<void> => {
    if (scanning) {
      scanAgain = true;
      return;
    }
    scanning = true;
    try {
      const nowMs = deps.now().getTime();
      if (nowMs < scannedAtMs) await healAfterClockSetBack(deps.prisma, new Date(nowMs));
      scannedAtMs = nowMs;
      do {
        scanAgain = false;
        const free = deps.concurrency - running.size;
        if (free <= 0 || stopping.signal.aborted) break;
        for (const { id, leaseOwner } of await claimDue(deps.prisma, free, deps.now())) {
          running.set(leaseOwner, work(id, leaseOwner));
        }
      } while (scanAgain);
      deps.onScan?.(false);
    } catch (error) {
      if (!stopping.signal.aborted) deps.onError(error, null);
      deps.onScan?.(true);
    } finally {
      scanning = false;
    }
  };

  const unsubscribes = [
    deps.events.on('work', null, (id) => {
      wakers.get(id)?.();
      void scan();
    }),
    // An instance of an older version leaves a wake to the workers.
    deps.events.on('wake', null, (id) => {
      wake(id).catch((error: unknown) => deps.onError(error, id));
    }),
    timers.every(SCAN_MS, () => void scan()),
  ];
  const watch = startMachineWatch({ ...deps, timers, intervalMs: deps.watchIntervalMs ?? WATCH_MS });
  const log = deps.log ?? {
    warn: () => {},
    error: ({ err, ...fields }: { err?: unknown }, message: string) =>
      deps.onError(err ?? new Error(`${message} ${JSON.stringify(fields)}`), null),
  };
  const sweep = startLeakSweep({ ...deps, timers, log });
  void scan();

  return {
    close: async () => {
      for (const unsubscribe of unsubscribes) unsubscribe();
      stopping.abort();
      await Promise.allSettled([...running.values(), watch.close(), sweep.close()]);
    },
  };
}
