import type { RegistrySource } from '#prisma/generated/client/enums.ts';
import type { RegistryReader } from '#server/domain/registry/listed-server.ts';
import { type SyncDeps, syncSource } from '#server/domain/registry/sync.ts';
import type { Timers } from '#server/domain/timers.ts';

export type RegistrySyncDeps = Omit<SyncDeps, 'log'> & {
  readers: ReadonlyMap<RegistrySource, RegistryReader>;
  timers: Timers;
  log: SyncDeps['log'] & { error(fields: object, message: string): void };
};

/** Interval of the scans for due sources; their rows say when they are due. */
const SCAN_MS = 30_000;
/** Leaves the first seconds of a start to more urgent work. */
const FIRST_SCAN_MS = 3_000;

export type RunningRegistrySync = {
  /** Scans for due sources now, or again after the round under way. */
  wake(): void;
  close(): Promise<void>;
};

/** Keeps the copies of registries up to date. Every instance runs it; a lease lets one at a time read a source. */
export function startRegistrySync(deps: RegistrySyncDeps): RunningRegistrySync {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let isWanted = false;

  async function syncAll(): Promise<void> {
    for (const [source, reader] of deps.readers) {
      stopping.signal.throwIfAborted();
      await syncSource(deps, source, reader, stopping.signal);
    }
  }

  const scan = () => {
    if (running) return;
    isWanted = false;
    running = syncAll()
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) deps.log.error({ err: error }, 'The copies of registries could not be updated.');
      })
      .finally(() => {
        running = null;
        if (isWanted && !stopping.signal.aborted) scan();
      });
  };
  const stops = [deps.timers.after(FIRST_SCAN_MS, scan), deps.timers.every(SCAN_MS, scan)];
  return {
    wake: () => {
      isWanted = true;
      scan();
    },
    close: async () => {
      for (const stop of stops) stop();
      stopping.abort(new Error('Catwalk is shutting down.'));
      await running;
    },
  };
}
