import type { Queryable } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';

/** Everything that is audited. Values are names and ids, never credentials. */
export type AuditEntry =
  | { type: 'deployment.created'; name: string; package: string; version: string }
  | { type: 'deployment.redeployed'; release: number; reason: string; package: string; version: string }
  | { type: 'deployment.started' | 'deployment.stopped' | 'deployment.restarted' | 'deployment.deleted' }
  | { type: 'deployment.updated'; changed: string[] }
  | { type: 'deployment.status'; from: string; to: string; code?: string }
  | { type: 'credentials.updated'; version: number; set: string[]; unset: string[] }
  | { type: 'access-token.created' | 'access-token.revoked'; tokenId: string; name: string }
  | { type: 'api-token.created' | 'api-token.revoked'; tokenId: string; name: string }
  | { type: 'user.signed-in'; method: string }
  | { type: 'settings.updated'; changed: string[] };

/** Appends to the audit trail in the transaction of the change. Catwalk itself acts as `system`. */
export async function writeAudit(
  tx: Queryable,
  who: { actor: Actor | 'system'; ownerId: string },
  entry: AuditEntry,
  deploymentId?: string,
): Promise<void> {
  const { type, ...data } = entry;
  await tx.auditEvent.create({
    data: {
      ownerId: who.ownerId,
      actor: who.actor === 'system' ? 'system' : who.actor.userId,
      ip: who.actor === 'system' ? null : who.actor.ip,
      type,
      data: data as Prisma.InputJsonObject, // plain names and numbers, as the union says
      ...(deploymentId === undefined ? {} : { deploymentId }),
    },
  });
}
