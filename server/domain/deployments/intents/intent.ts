import type { Transaction } from '#prisma/client.ts';
import type { Deployment, Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { lockWithRole, type Role } from '#server/domain/reach.ts';
import { recordEvent } from '../rows/transition.ts';
import type { IntentDeps } from './intent-deps.ts';

export type Intent = {
  /** One sentence for the timeline. */
  message: string;
  columns: Omit<Prisma.DeploymentUncheckedUpdateInput, 'generation' | 'nextCheckAt'>;
  releaseId?: string;
};

/**
 * Reads a deployment at which the caller has a role and locks it until the transaction ends, so that two intents take
 * turns. Throws NOT_FOUND and FORBIDDEN as `requireRole` does.
 */
export async function lockDeployment(tx: Transaction, actor: Actor, id: string, role: Role): Promise<Deployment> {
  await lockWithRole(tx, actor, id, role);
  return tx.deployment.findUniqueOrThrow({ where: { id } });
}

/**
 * Writes an intent: raises the generation, makes the row due, records the event and wakes the workers. An intent that
 * needs a machine again counts against the quota again.
 */
export async function writeIntent(
  { events, admitMachine, now }: Pick<IntentDeps, 'events' | 'admitMachine' | 'now'>,
  tx: Transaction,
  deployment: Deployment,
  intent: Intent,
): Promise<Deployment> {
  const at = now();
  if (intent.columns.status === 'DEPLOYING') await admitMachine(tx, deployment.ownerId, deployment.id);
  const written = await tx.deployment.update({
    where: { id: deployment.id },
    data: { ...intent.columns, generation: { increment: 1 }, nextCheckAt: at, attempts: 0 },
  });
  await recordEvent(
    tx,
    events,
    written,
    {
      status: written.status,
      phase: written.phase,
      message: intent.message,
      ...(intent.releaseId === undefined ? {} : { releaseId: intent.releaseId }),
    },
    at,
  );
  await events.publish(tx, 'work', deployment.id);
  return written;
}
