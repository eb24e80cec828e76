/** The services that an instance depends on. */
export type PartName = 'database' | 'events' | 'machines' | 'reconciler';

export type Part = {
  name: PartName;
  /** `unknown`: it was not needed yet. */
  state: 'up' | 'down' | 'unknown';
  /** ISO 8601: since when, as far as this instance has noticed. */
  since: string;
  /** A word for what is wrong. */
  reason?: string;
};

/** The latest state of the parts of one instance, for its operators. */
export interface Parts {
  report(name: PartName, state: 'up' | 'down', reason?: string): void;
  read(): Part[];
}

/** It looks for work every second: that it has not for so long means that it hangs. */
const RECONCILER_SILENT_MS = 30_000;

/** `sinceMs` is wall time, for people; `lastMs` is monotonic, so that a clock that is set does not hide a silence. */
type Told = { state: Part['state']; sinceMs: number; lastMs: number; reason?: string };

export function createParts(clock: () => Date, monotonicMs: () => number = () => performance.now()): Parts {
  const nowMs = () => clock().getTime();
  const start: Told = { state: 'unknown', sinceMs: nowMs(), lastMs: monotonicMs() };
  const parts: Record<PartName, Told> = { database: start, events: start, machines: start, reconciler: start };
  const orSilent = (name: PartName, told: Told): Told => {
    const silentMs = monotonicMs() - told.lastMs;
    if (name !== 'reconciler' || told.state !== 'up' || silentMs < RECONCILER_SILENT_MS) return told;
    return { ...told, state: 'down', sinceMs: nowMs() - (silentMs - RECONCILER_SILENT_MS), reason: 'silent' };
  };

  return {
    report: (name, state, reason) => {
      const before = parts[name];
      const sinceMs = before.state === state ? before.sinceMs : nowMs();
      parts[name] = { state, sinceMs, lastMs: monotonicMs(), ...(reason === undefined ? {} : { reason }) };
    },
    read: () =>
      (Object.entries(parts) as [PartName, Told][]).map(([name, told]) => {
        const { state, sinceMs, reason } = orSilent(name, told);
        const since = new Date(sinceMs).toISOString();
        return { name, state, since, ...(reason === undefined ? {} : { reason }) };
      }),
  };
}
