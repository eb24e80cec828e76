import type { Transaction } from '#prisma/client.ts';
import { type Deployment, Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { AuditEntry } from '#server/domain/audit/entries.ts';
import { UserError } from '#server/domain/errors.ts';
import type { DeploymentService } from '../service.ts';
import { isServing, servesNow } from '../status.ts';
import { type Intent, lockDeployment, writeIntent } from './intent.ts';
import type { DeploymentServiceDeps } from './service-deps.ts';

/** What may be wanted of a deployment as it is, without another release. */
export function createStateIntents(
  deps: DeploymentServiceDeps,
): Pick<DeploymentService, 'start' | 'stop' | 'restart' | 'delete'> {
  /** One intent: lock, change, record, audit, in one transaction. */
  const intend = (
    actor: Actor,
    id: string,
    entry: AuditEntry,
    change: (deployment: Deployment) => Intent,
  ): Promise<void> =>
    deps.database.transaction(async (tx: Transaction) => {
      const deployment = await lockDeployment(tx, actor, id);
      await writeIntent(deps, tx, deployment, change(deployment));
      await writeAudit(tx, { actor, ownerId: actor.userId }, entry, id);
    });

  /** From the beginning, with the release that is wanted. */
  const anew = (): Intent['columns'] => ({
    desired: 'RUNNING',
    status: 'DEPLOYING',
    phase: 'QUEUED',
    phaseSince: deps.now(),
    failure: Prisma.DbNull,
  });

  /** One that sleeps and is not being woken, nor replaced by another release, wakes up. */
  const wakeUp = ({ phase }: Deployment): Intent['columns'] =>
    phase === null ? { phase: 'STARTING_MACHINE', phaseSince: deps.now() } : {};

  return {
    start: (actor, id) =>
      intend(actor, id, { type: 'deployment.started' }, (deployment) => {
        const message = 'Start was requested.';
        if (deployment.desired === 'RUNNING') {
          if (deployment.status === 'ASLEEP') return { message, columns: wakeUp(deployment) };
          if (servesNow(deployment.status)) {
            throw new UserError('CONFLICT', 'The deployment is running already.', { kind: 'conflict' });
          }
        }
        // A stop that has not been carried out yet is taken back: what still runs goes on running.
        if (isServing(deployment.status)) return { message, columns: { desired: 'RUNNING' } };
        return { message, columns: anew() };
      }),

    stop: (actor, id) =>
      intend(actor, id, { type: 'deployment.stopped' }, (deployment) => ({
        message: 'Stop was requested.',
        columns: {
          desired: 'STOPPED',
          restartGeneration: null,
          // A release that was on its way is given up; the one that served is what a start brings back.
          ...(deployment.currentReleaseId ? { targetReleaseId: deployment.currentReleaseId } : {}),
        },
      })),

    restart: (actor, id) =>
      intend(actor, id, { type: 'deployment.restarted' }, (deployment) => ({
        message: 'Restart was requested.',
        columns: servesNow(deployment.status)
          ? {
              desired: 'RUNNING',
              restartGeneration: deployment.generation + 1,
              ...(deployment.status === 'ASLEEP' ? wakeUp(deployment) : {}),
            }
          : anew(),
      })),

    delete: (actor, id) =>
      intend(actor, id, { type: 'deployment.deleted' }, () => ({
        message: 'Delete was requested.',
        columns: { desired: 'DELETED', status: 'DELETING', phase: null },
      })),
  };
}
