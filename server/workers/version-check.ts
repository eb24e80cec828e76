import { checkVersions, type VersionCheckDeps } from '#server/domain/deployments/upkeep/newer-version.ts';
import type { Timers } from '#server/domain/timers.ts';
import { repeat } from './repeat.ts';

export type VersionCheckOptions = VersionCheckDeps & { timers: Timers; onError(error: unknown): void };

/** Interval of the scans for due deployments; each is checked about once a day. */
const PASS_INTERVAL_MS = 60_000;

/** Checks the registries for newer versions of running packages. Instances share the work: each row is taken once. */
export const startVersionCheck = (options: VersionCheckOptions): { close(): Promise<void> } =>
  repeat({ ...options, intervalMs: PASS_INTERVAL_MS, run: (signal) => checkVersions(options, signal) });
