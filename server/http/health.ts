import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { PrismaClient } from '#prisma/client.ts';
import type { Parts } from '../health/parts.ts';

const TIMEOUT_MS = 2_000;

export type HealthFacts = { version: string; database: 'embedded' | 'postgres'; machines: 'local' | 'fly' };

export type HealthOptions = {
  prisma: Pick<PrismaClient, '$queryRaw'>;
  facts: HealthFacts;
  parts: Parts;
  /** Decides who may see the parts; with the database away only checks that do not need it are possible. */
  mayReadParts: (req: IncomingMessage, isDatabaseThere: boolean) => Promise<boolean>;
};

/**
 * `GET /api/health`: 200 while the database answers this instance, 503 when it does not, and nothing else makes it 503.
 * It tells a roll-out when an instance is ready. A load balancer routes by `GET /api/live` instead, which answers as long
 * as the process does: the database is away for all instances at once, and endpoints go on from memory during a failover.
 */
export function createHealth({ prisma, facts, parts, mayReadParts }: HealthOptions): RequestHandler {
  const isDatabaseThere = async (): Promise<boolean> => {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), TIMEOUT_MS);
    const query = prisma.$queryRaw`SELECT 1`.then(
      () => true,
      () => false,
    );
    return Promise.race([query, late.promise]).finally(() => clearTimeout(timer));
  };
  return async (req, res) => {
    const healthy = await isDatabaseThere();
    parts.report('database', healthy ? 'up' : 'down');
    const more = (await mayReadParts(req, healthy)) ? { parts: parts.read() } : {};
    res
      .status(healthy ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: healthy ? 'healthy' : 'unhealthy', ...facts, ...more });
  };
}
