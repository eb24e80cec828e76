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
): Promise<void> {
  await tx.auditEvent.create({
    data: {
      ownerId: who.ownerId,
      actor: who.actor === 'system' ? 'system' : who.actor.userId,
      ip: who.actor === 'system' ? null : who.actor.ip,
      type: entry.type,
      data: auditData(entry) as Prisma.InputJsonObject, // plain names and numbers, as its schema says
      ...(deploymentId === undefined ? {} : { deploymentId }),
    },
  });
}
