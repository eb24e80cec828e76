import type { HostTarget } from '#deploy/host-client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { storable } from '../../storable.ts';
import type { Step } from './step.ts';

/** Keeps the packages of a release's installation once, to compare them with known advisories. Best effort. */
export async function keepPackages({ deps, signal }: Step, releaseId: string, host: HostTarget): Promise<void> {
  const { prisma } = deps;
  if ((await prisma.releasePackages.count({ where: { releaseId } })) > 0) return;
  const packages = await deps.host.packages(host, signal).catch(() => {
    signal.throwIfAborted();
    return null; // the next handshake asks again
  });
  if (packages === null || packages.length === 0) return;
  const data = { releaseId, packages: storable(packages) as unknown as Prisma.InputJsonArray, checkAt: deps.now() }; // plain JSON
  await prisma.releasePackages.createMany({ data: [data], skipDuplicates: true });
}
