import type { Transaction } from '#prisma/client.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import {
  type AlertData,
  type AlertDefinitions,
  type AlertFailure,
  type AlertKind,
  alertKindSchema,
  HEALTH_KINDS,
  kindOf,
} from './alert.ts';

/** Queues the alert to a new status, in the transaction that writes the status: no alert is lost, and none is made up. */
export async function recordAlert(
  tx: Transaction,
  deployment: Pick<Deployment, 'id' | 'name'>,
  status: Deployment['status'],
  failure: AlertFailure | null,
  now: Date,
): Promise<void> {
  const kind = kindOf(status, status === 'RUNNING' ? await lastKindOf(tx, deployment.id) : null);
  if (kind === null) return;
  const data: AlertData = {
    deploymentId: deployment.id,
    name: deployment.name,
    status,
    failure: failure && {
      code: failure.code,
      message: failure.message,
      hint: failure.hint,
      retryable: failure.retryable,
    },
  };
  await tx.alert.create({ data: { deploymentId: deployment.id, kind, data, at: now, dueAt: now } });
}

/** Queues the alert to changed definitions of a server, in the transaction that writes them. */
export async function recordDefinitionAlert(
  tx: Transaction,
  { id: deploymentId, name, status }: Pick<Deployment, 'id' | 'name' | 'status'>,
  definitions: AlertDefinitions,
  now: Date,
): Promise<void> {
  const kind: AlertKind = 'definitions-changed';
  const data: AlertData = { deploymentId, name, status, failure: null, definitions };
  await tx.alert.create({ data: { deploymentId, kind, data, at: now, dueAt: now } });
}

async function lastKindOf(tx: Transaction, deploymentId: string): Promise<AlertKind | null> {
  const last = await tx.alert.findFirst({
    where: { deploymentId, kind: { in: [...HEALTH_KINDS] } },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    select: { kind: true },
  });
  return alertKindSchema.safeParse(last?.kind).data ?? null;
}
