import type { RequestHandler } from 'express';
import type { PrismaClient } from '#prisma/client.ts';

const TIMEOUT_MS = 2_000;

export type HealthFacts = { version: string; database: 'embedded' | 'postgres'; machines: 'local' | 'fly' };

/** `GET /api/health`: 200 while the database answers, 503 when it is away. */
export function createHealth(prisma: Pick<PrismaClient, '$queryRaw'>, facts: HealthFacts): RequestHandler {
  const isDatabaseThere = async (): Promise<boolean> => {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), TIMEOUT_MS);
    const asked = prisma.$queryRaw`SELECT 1`.then(
      () => true,
      () => false,
    );
    return Promise.race([asked, late.promise]).finally(() => clearTimeout(timer));
  };
  return async (_req, res) => {
    const healthy = await isDatabaseThere();
    res
      .status(healthy ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: healthy ? 'healthy' : 'unhealthy', ...facts });
  };
}
