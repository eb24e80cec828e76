import type { Timers } from '#server/domain/deployments/reconcile/timers.ts';
import { checkVersions, type VersionCheckDeps } from '#server/domain/deployments/upkeep/newer-version.ts';
import { repeat } from './repeat.ts';

export type VersionCheckOptions = VersionCheckDeps & { timers: Timers; onError(error: unknown): void };

/** How often it is looked which deployments are due; each is checked about once a day. */
const PASS_INTERVAL_MS = 60_000;

/** Asks the registries for newer versions of what runs. Any number of instances may do so: each row is taken once. */
export const startVersionCheck = (options: VersionCheckOptions): { close(): Promise<void> } =>
  repeat({ ...options, intervalMs: PASS_INTERVAL_MS, run: (signal) => checkVersions(options, signal) });
