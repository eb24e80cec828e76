import type { Queryable } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { type AuditEntry, auditData } from './entries.ts';

/** Appends to the audit trail in the transaction of the change. Catwalk itself acts as `system`. */
export async function writeAudit(
  tx: Queryable,
  who: { actor: Actor | 'system'; ownerId: string },
  entry: AuditEntry,
  deploymentId?: string,
  /** The name of the deployment, where its row is gone. */
  deploymentName?: string,
): Promise<void> {
  const name = deploymentName ?? (deploymentId === undefined ? null : await nameOf(tx, deploymentId));
  await tx.auditEvent.create({
    data: {
      ownerId: who.ownerId,
      actor: who.actor === 'system' ? 'system' : who.actor.userId,
      ip: who.actor === 'system' ? null : who.actor.ip,
      type: entry.type,
      data: auditData(entry) as Prisma.InputJsonObject, // plain names and numbers, as its schema says
      ...(deploymentId === undefined ? {} : { deploymentId }),
      // The entry outlives the deployment.
      ...(name === null ? {} : { deploymentName: name }),
    },
  });
}

const nameOf = async (tx: Queryable, id: string): Promise<string | null> =>
  (await tx.deployment.findUnique({ where: { id }, select: { name: true } }))?.name ?? null;

/** Appends an act at a deployment to the trail of its owner and, if another person acted, to that of this person. */
export async function auditDeployment(
  tx: Queryable,
  actor: Actor,
  deployment: { id: string; ownerId: string },
  entry: AuditEntry,
): Promise<void> {
  const trails = new Set([deployment.ownerId, actor.userId]);
  for (const ownerId of trails) await writeAudit(tx, { actor, ownerId }, entry, deployment.id);
}
