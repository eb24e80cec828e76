import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { MIGRATIONS } from '#prisma/migrate.ts';
import { driverAddress } from '#prisma/postgres-address.ts';
import { type DatabaseAddress, explainConnectionFailure } from '../../prisma/connection-failure.ts';
import type { Env } from '../env.ts';
import { type Finding, missing, ok, warning } from './finding.ts';

const TIMEOUT_MS = 10_000;
const DIRECT = 'Set DIRECT_DATABASE_URL to an address that is not behind a transaction pooler.';

/** Checks that the database responds, receives NOTIFY at its address, and has our tables. */
export async function checkDatabase(env: Pick<Env, 'DATABASE_URL' | 'DIRECT_DATABASE_URL'>): Promise<Finding[]> {
  if (env.DATABASE_URL === undefined) {
    const hint = 'fly mpg create, or any PostgreSQL; then fly secrets set DATABASE_URL=postgres://…';
    return [missing('database', 'DATABASE_URL is unset: the embedded database serves one machine alone.', hint)];
  }
  const address = { variable: 'DATABASE_URL', url: env.DATABASE_URL.reveal() } as const;
  const findings = await withClient(address, 'database', async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return [ok('database', `PostgreSQL ${rows[0]?.server_version} answers.`), await checkMigrations(client)];
  });
  const direct: DatabaseAddress = env.DIRECT_DATABASE_URL
    ? { variable: 'DIRECT_DATABASE_URL', url: env.DIRECT_DATABASE_URL.reveal() }
    : address;
  return [...findings, ...(await withClient(direct, 'events', checkNotify))];
}

async function withClient(
  address: DatabaseAddress,
  what: string,
  look: (client: pg.Client) => Promise<Finding[]>,
): Promise<Finding[]> {
  const client = new pg.Client({
    ...{ connectionString: driverAddress(address.url), connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS },
  });
  client.on('error', () => {}); // the query that fails says it
  try {
    await client.connect();
    return await look(client);
  } catch (error) {
    const { message, hint } = explainConnectionFailure(error, address);
    return [missing(what, message, hint)];
  } finally {
    await client.end().catch(() => {}); // it never connected
  }
}

async function checkMigrations(client: pg.Client): Promise<Finding> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const ours = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const { rows } = await client.query<{ there: string | null }>(`SELECT to_regclass('_prisma_migrations') AS there`);
  const applied = new Set<string>();
  if (rows[0]?.there) {
    const done = await client.query<{ migration_name: string }>(
      'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL',
    );
    for (const { migration_name } of done.rows) applied.add(migration_name);
  }
  const left = ours.filter((name) => !applied.has(name));
  if (left.length === 0) return ok('migrations', `All ${ours.length} migrations are applied.`);
  return warning(
    'migrations',
    `${left.length} of ${ours.length} migrations are not applied.`,
    'The next deploy does it.',
  );
}

/** Behind a transaction pooler LISTEN seems to work, and nothing is heard. */
async function checkNotify(client: pg.Client): Promise<Finding[]> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), 3_000);
  client.on('notification', () => resolve(true));
  await client.query('LISTEN catwalk_doctor');
  await client.query(`SELECT pg_notify('catwalk_doctor', '')`);
  const heard = await promise;
  clearTimeout(timer);
  return [heard ? ok('events', 'NOTIFY is heard.') : missing('events', 'NOTIFY is not heard.', DIRECT)];
}
