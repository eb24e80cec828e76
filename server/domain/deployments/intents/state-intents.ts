import type { Transaction } from '#prisma/client.ts';
import { type Deployment, Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import type { AuditEntry } from '#server/domain/audit/entries.ts';
import { UserError } from '#server/domain/errors.ts';
import type { Role } from '#server/domain/reach.ts';
import { canServe, isAsleep, isServing } from '../status.ts';
import { deletion, stop } from './desired-states.ts';
import { type Intent, lockDeployment, writeIntent } from './intent.ts';
import type { IntentDeps } from './intent-deps.ts';

/** Intents that change the desired state and add no release. */
export function createStateIntents(deps: IntentDeps) {
  /** One intent: lock, change, record, audit, in one transaction. */
  const intend = (
    actor: Actor,
    id: string,
    role: Role,
    entry: AuditEntry,
    change: (deployment: Deployment) => Intent,
  ): Promise<void> =>
    deps.database.transaction(async (tx: Transaction) => {
      const deployment = await lockDeployment(tx, actor, id, role);
      await writeIntent(deps, tx, deployment, change(deployment));
      await auditDeployment(tx, actor, deployment, entry);
    });

  /** Brings the target release up from the first phase. */
  const startOver = (): Intent['columns'] => ({
    desired: 'RUNNING',
    status: 'DEPLOYING',
    phase: 'QUEUED',
    phaseSince: deps.now(),
    failure: Prisma.DbNull,
  });

  /** Wakes a sleeping deployment that is neither being woken nor replaced by another release. */
  const wakeUp = ({ phase }: Deployment): Intent['columns'] =>
    phase === null ? { phase: 'STARTING_MACHINE', phaseSince: deps.now() } : {};

  return {
    start: (actor: Actor, id: string): Promise<void> =>
      intend(actor, id, 'OPERATE', { type: 'deployment.started' }, (deployment) => {
        const message = 'Start was requested.';
        if (deployment.desired === 'RUNNING') {
          if (isAsleep(deployment)) return { message, columns: wakeUp(deployment) };
          if (canServe(deployment)) {
            throw new UserError('CONFLICT', 'The deployment is already running.', { kind: 'conflict' });
          }
        }
        // Takes back a stop that has not been carried out yet: the running machine goes on.
        if (isServing(deployment)) return { message, columns: { desired: 'RUNNING' } };
        return { message, columns: startOver() };
      }),

    stop: (actor: Actor, id: string): Promise<void> =>
      intend(actor, id, 'OPERATE', { type: 'deployment.stopped' }, stop),

    restart: (actor: Actor, id: string): Promise<void> =>
      intend(actor, id, 'OPERATE', { type: 'deployment.restarted' }, (deployment) => ({
        message: 'Restart was requested.',
        columns: canServe(deployment)
          ? {
              desired: 'RUNNING',
              restartGeneration: deployment.generation + 1,
              ...(isAsleep(deployment) ? wakeUp(deployment) : {}),
            }
          : startOver(),
      })),

    delete: (actor: Actor, id: string): Promise<void> =>
      intend(actor, id, 'OWN', { type: 'deployment.deleted' }, deletion),
  };
}
