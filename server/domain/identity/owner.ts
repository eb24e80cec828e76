import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '#prisma/client.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { INSTALLATION } from './installation.ts';
import { OWNER_EMAIL } from './reserved-address.ts';

/**
 * Returns the administrator that an installation has from its first start on. The row of the installation keeps their
 * id, so that they stay who they are when their address changes. Expects the row; any number of instances may start at
 * once.
 */
export async function ensureOwner({ transaction }: Pick<Database, 'transaction'>): Promise<{ id: string }> {
  return transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "Installation" WHERE "id" = ${INSTALLATION} FOR UPDATE`;
    const { ownerId } = await tx.installation.findUniqueOrThrow({ where: { id: INSTALLATION } });
    const administrators = await tx.user.findMany({
      where: { role: 'ADMIN' },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      select: { id: true },
    });
    const id = ownerId ?? administrators[0]?.id ?? (await createOwner(tx));
    if (ownerId === null) await tx.installation.update({ where: { id: INSTALLATION }, data: { ownerId: id } });
    for (const other of administrators) if (other.id !== id) await mergeAdministrator(tx, other.id, id);
    return { id };
  });
}

async function createOwner(tx: Transaction): Promise<string> {
  const data = { id: randomUUID(), name: 'Owner', email: OWNER_EMAIL, emailVerified: true, role: 'ADMIN' as const };
  await tx.user.create({ data });
  return data.id;
}

/**
 * Repairs an installation that has two administrators. Releases that found the administrator by address made a second
 * one at the start after the first had changed their address, and the printed link led the same person to it. What was
 * deployed as the second one goes to the first; the second one stays as a member who is signed out.
 */
async function mergeAdministrator(tx: Transaction, from: string, to: string): Promise<void> {
  const moved = { where: { ownerId: from }, data: { ownerId: to } };
  await tx.oAuthConnection.deleteMany({ where: { userId: from } }); // their clients ask the administrator again
  await tx.deployment.updateMany(moved);
  await tx.analysis.updateMany(moved);
  const apps = await tx.machineApp.findMany({ where: { ownerId: from } });
  await tx.machineApp.createMany({ data: apps.map((app) => ({ ...app, ownerId: to })), skipDuplicates: true });
  await tx.session.deleteMany({ where: { userId: from } });
  await tx.apiToken.deleteMany({ where: { userId: from } });
  await tx.user.update({ where: { id: from }, data: { role: 'MEMBER' } });
  for (const ownerId of [from, to]) {
    await writeAudit(tx, { actor: 'system', ownerId }, { type: 'user.updated', changed: ['role', 'deployments'] });
  }
}
