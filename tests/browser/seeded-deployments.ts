import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '#prisma/client.ts';

const STATUSES = ['RUNNING', 'ASLEEP', 'STOPPED', 'FAILED'] as const;
const MINUTE_MS = 60_000;

/**
 * Creates rows of deployments that no worker touches, `item 1` the oldest, for tests that depend on their number only.
 * None has a machine, although its status may say so.
 */
export async function seedDeployments(prisma: PrismaClient, ownerId: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const newest = Date.now();
  await prisma.deployment.createMany({
    data: ids.map((id, index) => {
      const status = STATUSES[index % STATUSES.length] ?? 'STOPPED';
      return {
        id,
        ownerId,
        name: `item ${index + 1}`,
        source: `package-${index + 1}`,
        region: 'local',
        memoryMb: 512,
        fields: { credentials: [], arguments: [], fixedArguments: [] },
        status,
        desired: status === 'STOPPED' ? ('STOPPED' as const) : ('RUNNING' as const),
        nextCheckAt: null,
        observedGeneration: 1,
        createdAt: new Date(newest - (count - index) * MINUTE_MS),
      };
    }),
  });
  return ids;
}
