import { randomUUID } from 'node:crypto';
import type { KeptSession } from '#deploy/host/contract.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { storable } from '../../storable.ts';

const SESSIONS_MAX = 1_000;

/** Sessions that clients open and end while a deployment sleeps. */
export interface AsleepSessions {
  /** Keeps a session for the next wake. False when the deployment does not sleep any more, or has too many. */
  open(deploymentId: string, machineId: string, session: KeptSession): Promise<boolean>;
  /** Forgets a session of the principal. */
  end(deploymentId: string, sessionId: string, principal: string): Promise<void>;
}

/**
 * The row of the deployment is locked against a wake, which gives the sessions to the machine afterwards: a session is
 * either among them, or its client is held until the machine is awake.
 */
export const createAsleepSessions = (prisma: PrismaClient): AsleepSessions => ({
  open: async (deploymentId, machineId, session) => {
    const text = JSON.stringify(storable(session));
    const count = await prisma.$executeRaw`
      INSERT INTO "KeptSession" ("id", "deploymentId", "machineId", "sessionId", "session")
      SELECT ${randomUUID()}::uuid, "asleep"."id", ${machineId}, ${session.id}, ${text}::jsonb
      FROM (
        SELECT "id" FROM "Deployment"
        WHERE "id" = ${deploymentId}::uuid AND "status" = 'ASLEEP' AND "phase" IS NULL FOR SHARE
      ) AS "asleep"
      WHERE (SELECT count(*) FROM "KeptSession" WHERE "deploymentId" = ${deploymentId}::uuid) < ${SESSIONS_MAX}`;
    return count === 1;
  },
  end: async (deploymentId, sessionId, principal) => {
    await prisma.keptSession.deleteMany({
      where: { deploymentId, sessionId, session: { path: ['principal'], equals: principal } },
    });
  },
});
