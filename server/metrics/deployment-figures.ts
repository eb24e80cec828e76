import type { PrismaClient } from '#prisma/client.ts';
import type { Metrics } from './metrics.ts';

/** Figures of the whole installation, which every instance tells alike: take the maximum over instances, not the sum. */
export function addDeploymentFigures(metrics: Metrics, prisma: PrismaClient, now: () => Date): void {
  metrics.gauges('catwalk_deployments', 'Deployments by status.', 'status', async () => {
    const rows = await prisma.deployment.groupBy({ by: ['status'], _count: true });
    return rows.map(({ status, _count }) => [status, _count]);
  });
  metrics.gauges(
    'catwalk_reconcile_queue',
    'Deployments that are due, and seconds the first of them waits.',
    'figure',
    async () => {
      const due = { nextCheckAt: { lte: now() }, OR: [{ leaseUntil: null }, { leaseUntil: { lte: now() } }] };
      const [length, first] = await Promise.all([
        prisma.deployment.count({ where: due }),
        prisma.deployment.findFirst({ where: due, orderBy: { nextCheckAt: 'asc' }, select: { nextCheckAt: true } }),
      ]);
      const since = first?.nextCheckAt ?? now();
      return [
        ['length', length],
        ['waiting_seconds', (now().getTime() - since.getTime()) / 1_000],
      ];
    },
  );
}
