import { Prisma, type PrismaClient } from '#prisma/generated/client/client.ts';
import type { CallRow } from './call.ts';

/** Column names and types of the rows as they come in JSON. */
const FRESH = Prisma.raw(`fresh("n" int, "at" timestamptz, "method" text, "name" text, "outcome" text,
  "errorCode" text, "status" int, "durationMs" float8, "waitedMs" float8, "bytesIn" int, "bytesOut" int,
  "clientName" text, "clientVersion" text, "callerKind" text, "callerId" uuid, "sessionId" text, "requestId" text, "era" text, "bodies" jsonb)`);

const COLUMNS = Prisma.raw(`"deploymentId", "releaseNumber", "at", "method", "name", "outcome", "failed", "errorCode",
  "status", "durationMs", "waitedMs", "bytesIn", "bytesOut", "clientName", "clientVersion", "callerKind", "callerId",
  "callerName", "subject", "sessionId", "requestId", "era", "bodiesId"`);

const VALUES = Prisma.raw(`fresh."at", fresh."method", fresh."name", fresh."outcome"::"CallOutcome",
  fresh."outcome" NOT IN ('OK', 'INPUT_REQUIRED'), fresh."errorCode",
  fresh."status", fresh."durationMs", fresh."waitedMs", fresh."bytesIn", fresh."bytesOut", fresh."clientName",
  fresh."clientVersion", fresh."callerKind", fresh."callerId", coalesce("token"."name", "client"."name"),
  "connection"."userId", fresh."sessionId", fresh."requestId", fresh."era",
  (fresh."bodies" ->> 'id')::uuid`);

/**
 * A label that names a token or a connection of another deployment resolves to no name. With LIMIT each row is looked up by
 * its key; a plain join may read every token of the installation for a page of calls.
 */
const callers = (deployment: string) =>
  Prisma.raw(`
  LEFT JOIN LATERAL (SELECT "name" FROM "AccessToken" WHERE fresh."callerKind" = 'token' AND "id" = fresh."callerId"
    AND "deploymentId" = ${deployment} LIMIT 1) AS "token" ON true
  LEFT JOIN LATERAL (SELECT "userId", "clientId" FROM "OAuthConnection" WHERE fresh."callerKind" = 'oauth'
    AND "id" = fresh."callerId" AND "deploymentId" = ${deployment} LIMIT 1) AS "connection" ON true
  LEFT JOIN LATERAL (SELECT "name" FROM "OAuthClient" WHERE "id" = "connection"."clientId" LIMIT 1) AS "client" ON true`);

const toJson = (rows: readonly CallRow[]): string => JSON.stringify(rows.map((row, n) => ({ n, ...row })));

/**
 * Readers follow the ids of a deployment's rows upward, so writers of one deployment take turns: what commits later has
 * the higher ids.
 */
const turnOf = (deploymentId: string) => Prisma.sql`pg_advisory_xact_lock(hashtextextended(${deploymentId}, 19))`;

export type HostPage = {
  machine: { id: string; deploymentId: string };
  /** The cursor that was read from, and the one to continue from. */
  before: string | null;
  after: string;
  /** Calls between the two that the host dropped. */
  lost: number;
  rows: readonly CallRow[];
};

/**
 * Stores a page of a host's calls and moves its cursor in one statement. Of several writers with the same page one moves
 * the cursor, so that no call is stored twice. Returns the number of calls stored.
 */
export const writeHostPage = (prisma: PrismaClient, page: HostPage): Promise<number> => prisma.$executeRaw`
  WITH "moved" AS (
    UPDATE "Machine" SET "callCursor" = ${page.after}
    FROM (SELECT ${turnOf(page.machine.deploymentId)}) AS "turn"
    WHERE "Machine"."id" = ${page.machine.id}::uuid AND "callCursor" IS NOT DISTINCT FROM ${page.before}::text
    RETURNING "deploymentId", "releaseId"
  ), "missed" AS (
    UPDATE "Deployment" SET "callsLost" = "callsLost" + ${page.lost}::int, "callsLostAt" = now()
    FROM "moved" WHERE "Deployment"."id" = "moved"."deploymentId" AND ${page.lost}::int > 0
  ), "sealed" AS (
    INSERT INTO "CallBodies" ("id", "deploymentId", "at", "envelope")
    SELECT (fresh."bodies" ->> 'id')::uuid, "moved"."deploymentId", fresh."at", fresh."bodies" ->> 'envelope'
    FROM "moved" CROSS JOIN jsonb_to_recordset(${toJson(page.rows.filter(({ bodies }) => bodies !== null))}::jsonb) AS ${FRESH}
  )
  INSERT INTO "Call" (${COLUMNS})
  SELECT "moved"."deploymentId", "Release"."number", ${VALUES}
  FROM "moved" JOIN "Release" ON "Release"."id" = "moved"."releaseId"
  CROSS JOIN jsonb_to_recordset(${toJson(page.rows)}::jsonb) AS ${FRESH}
  ${callers('"moved"."deploymentId"')}
  ORDER BY fresh."n"`;

/** Stores calls that no host recorded; those of a deployment that is gone are left out. */
export const writeRefused = (
  prisma: PrismaClient,
  deploymentId: string,
  { rows, lost }: { rows: readonly CallRow[]; lost: number },
): Promise<number> => prisma.$executeRaw`
  WITH "kept" AS (
    UPDATE "Deployment" SET "callsLost" = "callsLost" + ${lost}::int,
      "callsLostAt" = CASE WHEN ${lost}::int > 0 THEN now() ELSE "callsLostAt" END
    FROM (SELECT ${turnOf(deploymentId)}) AS "turn"
    WHERE "id" = ${deploymentId}::uuid RETURNING "id", "currentReleaseId"
  )
  INSERT INTO "Call" (${COLUMNS})
  SELECT "kept"."id", "Release"."number", ${VALUES}
  FROM "kept" LEFT JOIN "Release" ON "Release"."id" = "kept"."currentReleaseId"
  CROSS JOIN jsonb_to_recordset(${toJson(rows)}::jsonb) AS ${FRESH}
  ${callers('"kept"."id"')}
  ORDER BY fresh."n"`;
