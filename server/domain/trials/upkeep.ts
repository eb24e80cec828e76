import type { Database, Queryable } from '#prisma/client.ts';
import type { FindFleet } from '../deployments/reconcile/fleet.ts';
import type { PassedTime } from '../passed-time.ts';
import { storable } from '../storable.ts';
import { INTERRUPTED } from './service.ts';
import { destroyTrialMachines, TRIAL_SETTLE_MS, type TrialMachineDeps } from './trial-machine.ts';

export type UpkeepDeps = {
  database: Pick<Database, 'prisma' | 'transaction'>;
  notify: (db: Queryable, analysisId: string) => Promise<void>;
  findFleet: FindFleet;
  installationId: string;
  now: () => Date;
  passed: PassedTime;
  pause: TrialMachineDeps['pause'];
  onError: (error: unknown, trialId: string) => void;
};

const BATCH = 50;
const DESTROY_MS_MAX = 10_000;

/**
 * Ends trials whose process is gone, and deletes the machines that are left of any trial. Several instances may do so
 * at once: a deletion is idempotent, and a row is ended only while it runs.
 */
export async function endAbandonedTrials(deps: UpkeepDeps, signal: AbortSignal): Promise<number> {
  const { prisma, transaction } = deps.database;
  const rows = await prisma.trial.findMany({
    where: { machineGoneAt: null, leaseUntil: { lt: deps.now() } },
    select: { id: true, ownerId: true, analysisId: true, app: true, machineId: true, leaseUntil: true },
    take: BATCH,
  });
  for (const { id, ownerId, analysisId, app, machineId, leaseUntil } of rows) {
    try {
      signal.throwIfAborted();
      await transaction(async (tx) => {
        const { count } = await tx.trial.updateMany({
          where: { id, status: 'RUNNING' },
          data: { status: 'FAILED', failure: storable(INTERRUPTED), finishedAt: deps.now() },
        });
        if (count > 0) await deps.notify(tx, analysisId);
      });
      const fleet = await deps.findFleet(ownerId);
      const own = { fleet, installationId: deps.installationId, trialId: id, pause: deps.pause };
      const isSettled = deps.passed.sinceSeen(leaseUntil) >= TRIAL_SETTLE_MS;
      const left = app === null ? null : { app, machineId, isSettled };
      const isGone =
        left === null ||
        (await destroyTrialMachines(own, left, AbortSignal.any([signal, AbortSignal.timeout(DESTROY_MS_MAX)])));
      if (isGone) await prisma.trial.updateMany({ where: { id }, data: { machineGoneAt: deps.now() } });
    } catch (error) {
      signal.throwIfAborted();
      deps.onError(error, id);
    }
  }
  return rows.length;
}
