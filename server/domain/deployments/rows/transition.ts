import type { Transaction } from '#prisma/client.ts';
import { type Deployment, Prisma } from '#prisma/generated/client/client.ts';
import { recordAlert } from '#server/domain/alerts/record-alert.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { Events } from '#server/domain/events.ts';
import { storable } from '../../storable.ts';
import type { DeploymentFailure } from './deployment-data.ts';
import type { Setback } from './setback.ts';

export type TransitionTo = {
  status?: Deployment['status'];
  phase?: Deployment['phase'];
  failure?: DeploymentFailure | null;
  /** One sentence for the timeline. */
  message: string;
  releaseId?: string | null;
  /** Further facts for the timeline. */
  facts?: EventFacts;
  /** Further columns that change with it. */
  columns?: Prisma.DeploymentUncheckedUpdateManyInput;
};

/** What an event says besides its sentence. */
export type EventFacts = {
  /** What threw it back: the machine is gone, or its process ended (counted, to stop a loop); or it does not get on. */
  setback?: Setback['kind'] | 'held-up';
  /** Why it is FAILED or UNHEALTHY, or why it is not RUNNING for a moment. */
  failure?: DeploymentFailure;
  /** From the request that woke it to its answer. */
  wakeMs?: number;
};

/** Events kept of a deployment: the newest ones. */
const EVENTS_MAX = 1_000;

/** Which row the change is for: it is made only while the row still is as the writer saw it. */
export type TransitionGuard = { generation: number; leaseOwner: string };

/**
 * The one place where a status, phase or failure is written: compare-and-set on the generation and the lease, the
 * event row, the audit row and the NOTIFY, in the caller's transaction. False when a newer intent or another worker
 * has the row now: nothing was written.
 */
export async function transition(
  tx: Transaction,
  events: Events,
  deployment: Deployment,
  to: TransitionTo,
  guard: TransitionGuard,
  now: Date,
): Promise<boolean> {
  const status = to.status ?? deployment.status;
  const phase = to.phase === undefined ? deployment.phase : to.phase;
  const { count } = await tx.deployment.updateMany({
    where: { id: deployment.id, generation: guard.generation, leaseOwner: guard.leaseOwner },
    data: {
      ...to.columns,
      status,
      phase,
      ...(phase === deployment.phase ? {} : { phaseSince: now, attempts: 0 }),
      ...(to.failure === undefined ? {} : { failure: to.failure ? storable(to.failure) : Prisma.DbNull }),
    },
  });
  if (count === 0) return false;
  await recordEvent(tx, events, deployment, { ...to, status, phase }, now);
  if (status !== deployment.status) {
    await recordAlert(tx, deployment, status, to.failure ? storable(to.failure) : null, now);
    await writeAudit(
      tx,
      { actor: 'system', ownerId: deployment.ownerId },
      {
        type: 'deployment.status',
        from: deployment.status,
        to: status,
        ...(to.failure ? { code: to.failure.code } : {}),
      },
      deployment.id,
    );
  }
  return true;
}

/** Appends to the deployment's timeline and tells whoever listens, when the transaction commits. */
export async function recordEvent(
  tx: Transaction,
  events: Events,
  deployment: Pick<Deployment, 'id' | 'ownerId'>,
  entry: Pick<TransitionTo, 'message' | 'failure' | 'releaseId' | 'facts'> & Pick<Deployment, 'status' | 'phase'>,
  now: Date,
): Promise<void> {
  const facts: EventFacts = { ...entry.facts, ...(entry.failure ? { failure: entry.failure } : {}) };
  await tx.deploymentEvent.create({
    data: {
      deploymentId: deployment.id,
      at: now,
      status: entry.status,
      phase: entry.phase,
      message: storable(entry.message),
      releaseId: entry.releaseId ?? null,
      ...(Object.keys(facts).length > 0 ? { data: storable(facts) } : {}),
    },
  });
  await tx.$executeRaw`
    DELETE FROM "DeploymentEvent" WHERE "deploymentId" = ${deployment.id}::uuid AND "id" <= (
      SELECT "id" FROM "DeploymentEvent" WHERE "deploymentId" = ${deployment.id}::uuid
      ORDER BY "id" DESC OFFSET ${EVENTS_MAX} LIMIT 1)`;
  await events.publish(tx, 'deployment', deployment.id);
  await events.publish(tx, 'deployments', deployment.ownerId);
}
