import cluster, { type Worker } from 'node:cluster';
import type { Log } from '../logging/log.ts';
import { type FromProcess, relay } from '../metrics/process-group.ts';
import type { Signals } from '../process/signals.ts';

const RESTART_MS_MIN = 500;
const RESTART_MS_MAX = 30_000;
const EXIT_FAILED = 1;
/** A process that served for so long and ends is taken for a new misfortune, not for the same one again. */
const SETTLED_MS = 60_000;

export type ProcessesOptions = {
  count: number;
  log: Log;
  signals: Signals;
  /** Called once, when the first process serves. */
  onReady: (ready: Extract<FromProcess, { kind: 'ready' }>) => void;
};

/**
 * Runs this program in `count` processes behind one port, to use as many cores. They share nothing but the database, as
 * instances on several computers do, so a process that ends is simply started again, later each time. The first one
 * starts alone: what is made once (migrations, secrets) is made by it. Resolves with the exit code when all have ended;
 * a first process that cannot start has said why, and its code is the answer.
 */
export function runProcesses({ count, log, signals, onReady }: ProcessesOptions): Promise<number> {
  const over = Promise.withResolvers<number>();
  const workers = new Map<number, Worker>();
  const restarts = new Map<number, NodeJS.Timeout>();
  let ready = false;
  let ending = false;
  let exitCode = 0;

  cluster.setupPrimary({ serialization: 'advanced' }); // figures may be NaN, which JSON does not know

  const start = (slot: number, failures: number) => {
    restarts.delete(slot);
    const worker = cluster.fork();
    const startedAtMs = performance.now();
    workers.set(slot, worker);
    worker.on('message', (message: FromProcess) => {
      if (message.kind !== 'ready') return relay(message, slot, workers);
      log.info({ slot, pid: worker.process.pid }, 'A process serves.');
      if (ready) return;
      ready = true;
      onReady(message);
      for (let next = 1; next < count; next += 1) start(next, 0);
    });
    worker.on('error', (error) => log.error({ err: error, slot }, 'A process could not be started or spoken to.'));
    worker.once('exit', (code: number | null, signal: string | null) => {
      workers.delete(slot);
      if (ending || !ready) {
        if (code !== 0) exitCode = EXIT_FAILED;
        if (workers.size === 0) over.resolve(exitCode);
        return;
      }
      const again = performance.now() - startedAtMs > SETTLED_MS ? 0 : failures;
      const delayMs = Math.min(RESTART_MS_MIN * 2 ** again, RESTART_MS_MAX);
      log.error({ slot, pid: worker.process.pid, code, signal, delayMs }, 'A process ended; another takes its place.');
      restarts.set(slot, setTimeout(start, delayMs, slot, again + 1));
    });
  };

  const pass = (signal: NodeJS.Signals) => {
    for (const worker of workers.values()) worker.process.kill(signal);
  };
  void signals.first.then((signal) => {
    ending = true;
    for (const timer of restarts.values()) clearTimeout(timer);
    if (workers.size === 0) over.resolve(exitCode);
    pass(signal);
  });
  signals.onAgain(pass);
  start(0, 0);
  return over.promise;
}
