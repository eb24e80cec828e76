import { Prisma, type PrismaClient } from '#prisma/generated/client/client.ts';

const DAY_MS = 86_400_000;
/** Rows removed by one statement: so few that no other writer waits long for its locks. */
const BATCH = 5_000;

/**
 * A rule of retention, for docs/lifecycle.md and for people who ask. Logs and events are bounded where they are
 * written.
 */
export type RetentionRule = { name: string; keepDays: number; table: string; where: (before: Date) => Prisma.Sql };

/**
 * The audit trail is kept for good, without its network addresses (forget-addresses.ts); releases and credentials live as
 * long as their deployment.
 */
export const RETENTION_RULES: readonly RetentionRule[] = [
  // The dashboard shows 90 days at most.
  { name: 'usage', keepDays: 90, table: 'UsageRollup', where: (before) => Prisma.sql`"day" < ${before}::date` },
  {
    name: 'samples of machines',
    keepDays: 2,
    table: 'MachineSample',
    where: (before) => Prisma.sql`"at" < ${before}`,
  },
  {
    name: 'days of machines',
    keepDays: 90,
    table: 'MachineDay',
    where: (before) => Prisma.sql`"day" < ${before}::date`,
  },
  // A deployment carries its own copy of the form.
  { name: 'analyses', keepDays: 30, table: 'Analysis', where: (before) => Prisma.sql`"expiresAt" < ${before}` },
  { name: 'sessions', keepDays: 1, table: 'Session', where: (before) => Prisma.sql`"expiresAt" < ${before}` },
  { name: 'verifications', keepDays: 1, table: 'Verification', where: (before) => Prisma.sql`"expiresAt" < ${before}` },
  // The page of a link that has ended gives the reason for so long.
  { name: 'sign-in links', keepDays: 7, table: 'SignInLink', where: (before) => Prisma.sql`"expiresAt" < ${before}` },
  {
    name: 'sign-in attempts',
    keepDays: 1,
    table: 'SignInAttempts',
    where: (before) => Prisma.sql`"expiresAt" < ${before}`,
  },
  {
    name: 'deploy requests',
    keepDays: 1,
    table: 'DeployRequest',
    where: (before) => Prisma.sql`"expiresAt" < ${before}`,
  },
  { name: 'device logins', keepDays: 1, table: 'DeviceLogin', where: (before) => Prisma.sql`"expiresAt" < ${before}` },
  {
    name: 'playground tokens',
    keepDays: 1,
    table: 'AccessToken',
    where: (before) => Prisma.sql`"kind" = 'PLAYGROUND' AND "expiresAt" < ${before}`,
  },
  // A client that comes back later initializes again.
  {
    name: 'sessions kept asleep',
    keepDays: 7,
    table: 'KeptSession',
    where: (before) => Prisma.sql`"createdAt" < ${before}`,
  },
  { name: 'model calls', keepDays: 400, table: 'ModelCall', where: (before) => Prisma.sql`"askedAt" < ${before}` },
  {
    name: 'alerts',
    keepDays: 30,
    table: 'Alert',
    // The last one of a deployment decides whether its recovery is to be reported.
    where: (before) => Prisma.sql`"at" < ${before} AND "dueAt" IS NULL AND EXISTS (
      SELECT 1 FROM "Alert" AS "newer" WHERE "newer"."deploymentId" = "Alert"."deploymentId" AND "newer"."at" > "Alert"."at")`,
  },
  {
    name: 'alerts of deleted deployments',
    keepDays: 30,
    table: 'Alert',
    where: (before) => Prisma.sql`"at" < ${before} AND "dueAt" IS NULL AND NOT EXISTS (
      SELECT 1 FROM "Deployment" WHERE "Deployment"."id" = "Alert"."deploymentId")`,
  },
  {
    name: 'authorization codes',
    keepDays: 1,
    table: 'OAuthCode',
    where: (before) => Prisma.sql`"expiresAt" < ${before}`,
  },
  {
    name: 'replaced short names',
    keepDays: 1,
    table: 'FormerSlug',
    where: (before) => Prisma.sql`"until" < ${before}`,
  },
  {
    name: 'used assertions',
    keepDays: 1,
    table: 'OAuthAssertion',
    where: (before) => Prisma.sql`"expiresAt" < ${before}`,
  },
  {
    name: 'refresh tokens',
    keepDays: 7, // so long it is noticed when one that was used comes again
    table: 'OAuthRefreshToken',
    where: (before) => Prisma.sql`"expiresAt" < ${before} OR "usedAt" < ${before}`,
  },
  {
    name: 'OAuth grants',
    keepDays: 7,
    table: 'OAuthGrant',
    where: (before) => Prisma.sql`"expiresAt" < ${before} OR "revokedAt" < ${before}`,
  },
  {
    name: 'OAuth connections',
    keepDays: 7,
    table: 'OAuthConnection',
    where: (before) => Prisma.sql`"createdAt" < ${before} AND NOT EXISTS (
      SELECT 1 FROM "OAuthGrant" WHERE "OAuthGrant"."connectionId" = "OAuthConnection"."id")`,
  },
  {
    name: 'OAuth clients',
    keepDays: 180, // programs keep the id they got, and come back with it
    table: 'OAuthClient',
    where: (
      before,
    ) => Prisma.sql`"lastSeenAt" < ${before} AND ("source" <> 'MACHINE' OR "revokedAt" < ${before}) AND NOT EXISTS (
      SELECT 1 FROM "OAuthConnection" WHERE "OAuthConnection"."clientId" = "OAuthClient"."id")`,
  },
];

/** Removes what is older than its rule keeps; several instances at once do it together. Returns rows removed by rule. */
export async function applyRetention(
  deps: { prisma: PrismaClient; now: () => Date },
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const removed = new Map<string, number>();
  for (const rule of RETENTION_RULES) {
    const where = rule.where(new Date(deps.now().getTime() - rule.keepDays * DAY_MS));
    const table = Prisma.raw(`"${rule.table}"`);
    for (;;) {
      signal.throwIfAborted();
      const count = await deps.prisma.$executeRaw`
        DELETE FROM ${table} WHERE ctid IN (
          SELECT ctid FROM ${table} WHERE ${where} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
      if (count > 0) removed.set(rule.name, (removed.get(rule.name) ?? 0) + count);
      if (count < BATCH) break;
    }
  }
  return removed;
}
