import type { Transaction } from '#prisma/client.ts';
import type { Events } from '#server/domain/events.ts';
import { managing } from '#server/domain/reach.ts';

/** People whose lists show a deployment: its owner, and those who may operate it. */
export async function readManagers(
  tx: Transaction,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<string[]> {
  const shares = await tx.share.findMany({
    where: { deploymentId: id, ...managing },
    select: { userId: true, team: { select: { members: { select: { userId: true } } } } },
  });
  const others = shares.flatMap(({ userId, team }) => [
    userId,
    ...(team?.members.map((member) => member.userId) ?? []),
  ]);
  return [...new Set([ownerId, ...others])].filter((one) => one !== null);
}

/** Notifies everyone whose list shows a deployment that it changed. */
export async function announceDeployment(
  tx: Transaction,
  events: Pick<Events, 'publish'>,
  deployment: { id: string; ownerId: string },
): Promise<void> {
  for (const userId of await readManagers(tx, deployment)) await events.publish(tx, 'deployments', userId);
}
