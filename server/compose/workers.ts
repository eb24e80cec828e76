import { setTimeout } from 'node:timers/promises';
import type { HostClient } from '#deploy/host-client.ts';
import { checkAdvisories } from '#server/domain/advisories/check-advisories.ts';
import { deliverAlerts } from '#server/domain/alerts/deliver.ts';
import { openCallDay } from '#server/domain/calls/call-days.ts';
import { pruneCalls } from '#server/domain/calls/prune-calls.ts';
import { saveCalls } from '#server/domain/calls/save-calls.ts';
import type { FindFleet } from '#server/domain/deployments/reconcile/fleet.ts';
import type { Events } from '#server/domain/events.ts';
import { saveLogs } from '#server/domain/logs/save.ts';
import { removeDeletedMembers } from '#server/domain/members/deleted-members.ts';
import { createSafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { createPassedTime } from '#server/domain/passed-time.ts';
import { forgetAddresses } from '#server/domain/retention/forget-addresses.ts';
import { pruneSources } from '#server/domain/retention/prune-archives.ts';
import { applyRetention } from '#server/domain/retention/retention.ts';
import { createReadWebhook } from '#server/domain/settings/webhook.ts';
import { systemTimers } from '#server/domain/timers.ts';
import { endAbandonedTrials } from '#server/domain/trials/upkeep.ts';
import type { Env } from '../env.ts';
import type { Parts } from '../health/parts.ts';
import type { Log } from '../logging/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { type AppSweepDeps, startAppSweep } from '../workers/app-sweep.ts';
import { type ReconcilerDeps, startReconciler } from '../workers/reconciler.ts';
import { repeat } from '../workers/repeat.ts';
import { startVersionCheck, type VersionCheckOptions } from '../workers/version-check.ts';
import { openAdvisories } from './advisories.ts';
import type { AppServices } from './services.ts';
import type { Storage } from './storage.ts';

const DEPLOYMENTS_AT_ONCE = 16;
/** The local Machines API can be polled more often than Fly's. */
const LOCAL_WATCH_MS = 2_000;
const RETENTION_INTERVAL_MS = 60 * 60 * 1000;
const ADVISORIES_INTERVAL_MS = 60_000;
const ALERTS_INTERVAL_MS = 3_000;
const TRIALS_INTERVAL_MS = 15_000;
const DELETED_MEMBERS_INTERVAL_MS = 10_000;

export type WorkersWiring = {
  env: Env;
  storage: Storage;
  events: Events;
  host: HostClient;
  findFleet: FindFleet;
  deleteAppOf: AppSweepDeps['deleteAppOf'] | null;
  targetOf: AppServices['targetOf'];
  letGo: NonNullable<ReconcilerDeps['letGo']>;
  probe: ReconcilerDeps['probe'];
  indexes: VersionCheckOptions['indexes'];
  clock: () => Date;
  healthIntervalMs: number;
  metrics: Metrics | null;
  tracing: Tracing | null;
  parts: Parts;
  log: Log;
};

/** Starts the background work of an instance. Any number of instances may do it at once. */
export function startWorkers(wiring: WorkersWiring): { close(): Promise<void> } {
  const { env, storage, events, host, findFleet, targetOf, clock, log } = wiring;
  const { database, envelopes, installation } = storage;
  const { prisma } = database;
  const report = (message: string) => (error: unknown) => log.error({ err: error }, message);

  const reconciler = startReconciler({
    prisma,
    database,
    events,
    envelopes,
    host,
    findFleet,
    installationId: installation,
    probe: wiring.probe,
    now: clock,
    random: Math.random,
    healthIntervalMs: wiring.healthIntervalMs,
    concurrency: DEPLOYMENTS_AT_ONCE,
    ...(env.MACHINES === 'local' ? { watchIntervalMs: LOCAL_WATCH_MS } : {}),
    saveLogs: async (machine, signal) => {
      const saves = { prisma, events, envelopes, host, targetOf };
      const onStored = wiring.tracing?.calls;
      await Promise.all([saveLogs(saves, machine, signal), saveCalls({ ...saves, onStored }, machine, signal)]);
    },
    log,
    letGo: wiring.letGo,
    onTurn: wiring.metrics?.reconciled ?? (() => {}),
    onScan: (failed) =>
      wiring.parts.report('reconciler', failed ? 'down' : 'up', ...(failed ? ['cannot look for work'] : [])),
    onError: (error, deploymentId) => log.error({ err: error, deploymentId }, 'A worker failed.'),
  });
  const versionCheck = startVersionCheck({
    prisma,
    database,
    events,
    now: clock,
    timers: systemTimers,
    indexes: wiring.indexes,
    onError: report('Newer versions could not be looked for.'),
  });
  const retention = repeat({
    timers: systemTimers,
    intervalMs: RETENTION_INTERVAL_MS,
    run: async (signal) => {
      const removed = await applyRetention({ prisma, now: clock }, signal);
      if (removed.size > 0) log.info({ removed: Object.fromEntries(removed) }, 'Old rows were removed.');
      const days = Math.max(env.CALL_LOG_DAYS, 1);
      const calls = await pruneCalls({ prisma, now: clock, days, rowsPerDeployment: env.CALL_LOG_ROWS }, signal);
      if (calls.days.length + calls.rows > 0) log.info({ calls }, 'Old calls were removed.');
      await openCallDay(prisma, clock());
      const addresses = await forgetAddresses({ prisma, now: clock }, signal);
      if (addresses > 0) log.info({ addresses }, 'Old network addresses were removed from the audit trail.');
      const files = await pruneSources({ prisma, dataDir: env.CATWALK_DATA_DIR, now: clock }, signal);
      if (files > 0) log.info({ files }, 'Packed folders that nothing refers to were removed.');
    },
    onError: report('Old rows could not be removed.'),
  });
  const safe = createSafeFetch(env.ALERT_ORIGINS_TRUSTED ?? []);
  const readWebhook = createReadWebhook({ prisma, envelopes });
  const alerts = repeat({
    timers: systemTimers,
    intervalMs: ALERTS_INTERVAL_MS,
    run: (signal) => deliverAlerts({ prisma, fetch: safe.fetch, readWebhook, now: clock }, signal),
    onError: report('Alerts could not be sent.'),
  });

  const advisories = openAdvisories(env);
  const advisoryFetch = createSafeFetch(advisories.origins);
  const advisoryCheck = repeat({
    timers: systemTimers,
    intervalMs: ADVISORIES_INTERVAL_MS,
    run: (signal) => checkAdvisories({ prisma, events, fetch: advisoryFetch.fetch, now: clock, ...advisories }, signal),
    onError: report('Packages could not be compared with known advisories.'),
  });

  const passed = createPassedTime({ now: clock });
  const trials = repeat({
    timers: systemTimers,
    intervalMs: TRIALS_INTERVAL_MS,
    run: async (signal) => {
      await endAbandonedTrials(
        {
          database,
          notify: (db, id) => events.publish(db, 'analysis', id),
          findFleet,
          installationId: installation,
          now: clock,
          passed,
          pause: (ms, signal) => setTimeout(ms, undefined, { signal }),
          onError: (error, trialId) => log.warn({ err: error, trialId }, 'What a trial left could not be removed yet.'),
        },
        signal,
      );
    },
    onError: report('Abandoned trials could not be ended.'),
  });
  const deletedMembers = repeat({
    timers: systemTimers,
    intervalMs: DELETED_MEMBERS_INTERVAL_MS,
    run: async () => {
      const count = await removeDeletedMembers({ prisma });
      if (count > 0) log.info({ count }, 'Accounts of deleted members were removed.');
    },
    onError: report('Accounts of deleted members could not be removed.'),
  });
  const { deleteAppOf } = wiring;
  const appSweep = deleteAppOf && startAppSweep({ prisma, deleteAppOf, now: clock, timers: systemTimers, log });

  return {
    close: async () => {
      const workers = [
        reconciler,
        versionCheck,
        retention,
        alerts,
        advisoryCheck,
        trials,
        deletedMembers,
        ...(appSweep ? [appSweep] : []),
      ];
      await Promise.allSettled(workers.map((worker) => worker.close()));
      await Promise.all([safe.close(), advisoryFetch.close()]);
    },
  };
}
