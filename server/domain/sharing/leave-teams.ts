import type { Transaction } from '#prisma/client.ts';

/**
 * Takes a person whose account goes out of all teams. A team that would have no manager then is managed by the member who
 * joined first; one without members goes.
 */
export async function leaveTeams(tx: Transaction, userId: string): Promise<void> {
  const left = await tx.teamMember.findMany({
    where: { userId },
    orderBy: { teamId: 'asc' },
    select: { teamId: true },
  });
  for (const { teamId } of left) {
    await tx.$queryRaw`SELECT 1 FROM "Team" WHERE "id" = ${teamId}::uuid FOR UPDATE`;
    await tx.teamMember.deleteMany({ where: { teamId, userId } });
    const members = await tx.teamMember.findMany({
      where: { teamId },
      orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }],
      select: { userId: true, manages: true },
    });
    const [first] = members;
    if (first === undefined) {
      await tx.team.deleteMany({ where: { id: teamId } });
    } else if (!members.some(({ manages }) => manages)) {
      await tx.teamMember.update({
        where: { teamId_userId: { teamId, userId: first.userId } },
        data: { manages: true },
      });
    }
  }
}
