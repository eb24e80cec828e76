import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SqlConnection } from './sql.ts';

/** The advisory lock that Prisma's own schema engine takes while it migrates. */
const PRISMA_MIGRATE_LOCK = 72707369;

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

type AppliedRow = { migration_name: string; checksum: string; finished_at: unknown; rolled_back_at: unknown };

/** Beside this file as source; a bundle lies two folders below its package. */
export const MIGRATIONS = path.join(
  import.meta.dirname,
  import.meta.url.endsWith('.ts') ? 'migrations' : '../../prisma/migrations',
);

export class MigrationError extends Error {}

/**
 * Applies the migrations that are missing, each in a transaction of its own, and returns their names.
 * Keeps Prisma's `_prisma_migrations` table, so `prisma migrate deploy` and `status` agree in both directions.
 * Safe when several instances start at once: one migrates, the others wait.
 */
export async function migrate(connection: SqlConnection, directory: string = MIGRATIONS): Promise<string[]> {
  await connection.query(`SELECT pg_advisory_lock(${PRISMA_MIGRATE_LOCK})`);
  try {
    await connection.exec(MIGRATIONS_TABLE);
    const applied = await connection.query<AppliedRow>(
      'SELECT migration_name, checksum, finished_at, rolled_back_at FROM "_prisma_migrations"',
    );
    const names: string[] = [];
    for (const migration of await readMigrations(directory)) {
      const row = applied.find((candidate) => candidate.migration_name === migration.name && !candidate.rolled_back_at);
      if (!row) {
        await apply(connection, migration);
        names.push(migration.name);
      } else if (!row.finished_at) {
        throw new MigrationError(
          `Migration ${migration.name} failed earlier. Resolve it with "prisma migrate resolve".`,
        );
      } else if (row.checksum !== migration.checksum) {
        throw new MigrationError(`Migration ${migration.name} was edited after it had been applied.`);
      }
    }
    return names;
  } finally {
    await connection.query(`SELECT pg_advisory_unlock(${PRISMA_MIGRATE_LOCK})`);
  }
}

type Migration = { name: string; sql: string; checksum: string };

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function apply(connection: SqlConnection, { name, sql, checksum }: Migration): Promise<void> {
  const quoted = name.replaceAll("'", "''");
  const record = `INSERT INTO "_prisma_migrations"
    ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
    VALUES ('${randomUUID()}', '${checksum}', '${quoted}', now(), clock_timestamp(), 1)`;
  try {
    await connection.exec(`BEGIN;\n${sql};\n${record};\nCOMMIT;`);
  } catch (cause) {
    await connection.exec('ROLLBACK');
    throw new MigrationError(`Migration ${name} failed: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
