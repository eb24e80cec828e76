import type pg from 'pg';

export type Size = { users: number; deployments: number; usageRowsEach: number };

/**
 * Fills the tables that grow as the product would have, in SQL alone. A tenth of the deployments run, and none is due: it
 * is the reading of rows that is looked at.
 */
export async function seed(database: pg.Client, { users, deployments, usageRowsEach }: Size): Promise<void> {
  const owner = `'user-' || (n % ${users})`;
  await database.query(`
    SET synchronous_commit = off;
    SET session_replication_role = replica; -- foreign keys hold by construction
    INSERT INTO "User" ("id", "name", "email", "updatedAt")
      SELECT 'user-' || n, 'User ' || n, 'user-' || n || '@example.com', now() FROM generate_series(0, ${users - 1}) n;
    INSERT INTO "Deployment" ("id", "ownerId", "name", "source", "region", "memoryMb", "status", "desired", "nextCheckAt",
        "versionCheckAt", "currentReleaseId", "targetReleaseId", "createdAt", "updatedAt", "observedGeneration")
      SELECT md5('d' || n)::uuid, ${owner}, 'Server ' || n, 'package-' || n, 'iad', 256,
        CASE WHEN n % 10 = 0 THEN 'RUNNING' ELSE 'STOPPED' END::"DeploymentStatus",
        CASE WHEN n % 10 = 0 THEN 'RUNNING' ELSE 'STOPPED' END::"DesiredState",
        CASE WHEN n % 10 = 0 THEN now() + interval '1 day' END, now() + interval '1 day',
        md5('r' || n)::uuid, md5('r' || n)::uuid, now() - n * interval '1 second', now(), 1
      FROM generate_series(0, ${deployments - 1}) n;
    INSERT INTO "Release" ("id", "deploymentId", "number", "runtime", "package", "version", "spec", "region", "memoryMb",
        "isolation", "credentialVersion", "hostToken", "reason")
      SELECT md5('r' || n)::uuid, md5('d' || n)::uuid, 1, 'NPM', 'package-' || n, '1.0.0', '{"runtime":"npm"}', 'iad', 256, 'AUTO', 1,
        '', 'deploy'
      FROM generate_series(0, ${deployments - 1}) n;
    INSERT INTO "Machine" ("id", "deploymentId", "releaseId", "app", "name", "configHash", "machineId", "region", "state",
        "updatedAt")
      SELECT md5('m' || n)::uuid, md5('d' || n)::uuid, md5('r' || n)::uuid, 'app', 'machine-' || n, '', 'id-' || n, 'iad',
        'stopped', now()
      FROM generate_series(0, ${deployments - 1}) n;
    INSERT INTO "AccessToken" ("id", "deploymentId", "name", "hash", "prefix")
      SELECT md5('t' || n)::uuid, md5('d' || n)::uuid, 'token', sha256(('t' || n)::bytea), 'cwt_'
      FROM generate_series(0, ${deployments - 1}) n;
    INSERT INTO "DeploymentEvent" ("deploymentId", "status", "message")
      SELECT md5('d' || n)::uuid, 'STOPPED', 'Stopped.' FROM generate_series(0, ${deployments - 1}) n, generate_series(1, 5);
    INSERT INTO "AuditEvent" ("ownerId", "actor", "type", "deploymentId", "data")
      SELECT ${owner}, ${owner}, 'deployment.status', md5('d' || n)::uuid,
        '{"type":"deployment.status","from":"RUNNING","to":"STOPPED"}'
      FROM generate_series(0, ${deployments - 1}) n, generate_series(1, 5);
    INSERT INTO "LogEntry" ("deploymentId", "machineRowId", "cursor", "at", "stream", "text")
      SELECT md5('d' || n)::uuid, md5('m' || n)::uuid, 'c' || l, now(), 'STDERR', 'a line'
      FROM generate_series(0, ${deployments - 1}) n, generate_series(1, 5) l;
    INSERT INTO "Analysis" ("id", "ownerId", "source", "normalizedSource", "status", "expiresAt")
      SELECT md5('a' || n)::uuid, ${owner}, 'package-' || n, 'npm:package-' || n, 'DONE', now() + interval '1 day'
      FROM generate_series(0, ${deployments - 1}) n;
  `);
  await withoutIndices(
    database,
    'UsageRollup',
    `
    INSERT INTO "UsageRollup" ("deploymentId", "day", "method", "tool", "status", "era", "caller", "cold", "calls", "errors",
        "bytesIn", "bytesOut", "durationMs", "buckets")
      SELECT md5('d' || n)::uuid, current_date - (u / 5), 'tools/call', 'tool-' || (u % 5), 200, 'legacy', 'public', false,
        10, 0, 1000, 1000, 100, '{1,2,3}'
      FROM generate_series(0, ${deployments - 1}) n, generate_series(0, ${usageRowsEach - 1}) u`,
  );
  await database.query('SET session_replication_role = DEFAULT; ANALYZE');
}

/** Millions of rows are sorted into an index once more quickly than one by one; the indices are the same afterwards. */
async function withoutIndices(database: pg.Client, table: string, fill: string): Promise<void> {
  const { rows } = await database.query<{ name: string; primary: boolean; index: string; constraint: string }>(
    `SELECT quote_ident(c.relname) AS name, i.indisprimary AS primary, pg_get_indexdef(i.indexrelid) AS index,
       pg_get_constraintdef(p.oid) AS constraint
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_constraint p ON p.conindid = i.indexrelid
     WHERE i.indrelid = quote_ident($1)::regclass`,
    [table],
  );
  for (const { name, primary } of rows) {
    await database.query(primary ? `ALTER TABLE "${table}" DROP CONSTRAINT ${name}` : `DROP INDEX ${name}`);
  }
  await database.query(fill);
  for (const { name, primary, index, constraint } of rows) {
    await database.query(primary ? `ALTER TABLE "${table}" ADD CONSTRAINT ${name} ${constraint}` : index);
  }
}
