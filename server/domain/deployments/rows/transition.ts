import type { Transaction } from '#prisma/client.ts';
import { type Deployment, Prisma } from '#prisma/generated/client/client.ts';
import { recordAlert } from '#server/domain/alerts/record-alert.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { Events } from '#server/domain/events.ts';
import { announceDeployment } from '#server/domain/sharing/announce.ts';
import { storable } from '../../storable.ts';
import type { EventFacts } from './event-facts.ts';
import type { DeploymentFailure } from './failure.ts';

export type TransitionTo = {
  status?: Deployment['status'];
  phase?: Deployment['phase'];
  failure?: DeploymentFailure | null;
  /** One sentence for the timeline. */
  message: string;
  releaseId?: string | null;
  /** Facts for the timeline besides the sentence and the failure. */
  facts?: EventFacts;
  /** Columns that change in the same write. */
  columns?: Prisma.DeploymentUncheckedUpdateManyInput;
};

/** Number of events kept of a deployment: the newest ones. */
const EVENTS_MAX = 1_000;

/** Identifies the row as the writer saw it: the change is made only while the row is still the same. */
export type TransitionGuard = { generation: number; leaseOwner: string };

/**
 * Writes a status, phase or failure for a worker; nothing else of the reconciler does. Compare-and-set on the generation and the lease, the event row,
 * the audit row and the NOTIFY happen in the caller's transaction. Returns false when a newer intent or another worker
 * has the row: nothing was written.
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

/** Appends an event to the deployment's timeline and notifies subscribers when the transaction commits. */
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
  await announceDeployment(tx, events, deployment);
}
