import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from './client.ts';
import { hasPgbouncer, startPgbouncer } from './test-pgbouncer.testing.ts';
import { startPostgres, type TestPostgres } from './test-postgres.testing.ts';

const user = (id: string) => ({ id, name: id, email: `${id}@example.com` });

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const asRole = (url: string, role: string) => {
  const address = new URL(url);
  address.username = role;
  return address.href;
};

it('migrates and listens at the direct address, and asks at the other one', async () => {
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE roles`);
  await admin.query(`CREATE ROLE direct LOGIN PASSWORD 'test'; CREATE ROLE pooled LOGIN PASSWORD 'test' IN ROLE direct;
    ALTER DATABASE roles OWNER TO direct`);
  await admin.end();
  const url = new URL(postgres.url);
  url.pathname = '/roles';
  const [direct, pooled] = [asRole(url.href, 'direct'), asRole(url.href, 'pooled')];
  const database = await openDatabase({ kind: 'postgres', url: pooled, directUrl: direct });
  try {
    await database.listener.listen(
      'roles',
      () => {},
      () => {},
    );
    const { prisma } = database;
    expect(await prisma.$queryRaw`SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'`).toEqual([
      { tableowner: 'direct' },
    ]);
    expect(await prisma.$queryRaw`SELECT current_user::text AS me`).toEqual([{ me: 'pooled' }]);
    expect(await database.transaction((tx) => tx.$queryRaw`SELECT current_user::text AS me`)).toEqual([
      { me: 'pooled' },
    ]);
    const connections = await prisma.$queryRaw`
      SELECT usename::text AS role, bool_or(query LIKE 'LISTEN%') AS listens FROM pg_stat_activity
      WHERE datname = 'roles' GROUP BY 1 ORDER BY 1`;
    expect(connections).toEqual([
      { role: 'direct', listens: true },
      { role: 'pooled', listens: false },
    ]);
  } finally {
    await database.close();
  }
});

const pgbouncer = await hasPgbouncer();
if (!pgbouncer)
  process.stderr.write('The pooler is not tested: PgBouncer is not installed (PGBOUNCER_PATH names it).\n');

describe.skipIf(!pgbouncer)('behind PgBouncer in transaction mode', () => {
  let pooler: Awaited<ReturnType<typeof startPgbouncer>>;
  let database: Database;
  beforeAll(async () => {
    pooler = await startPgbouncer(postgres.url);
    database = await openDatabase({ kind: 'postgres', url: pooler.url, directUrl: postgres.url });
  });
  afterAll(async () => {
    await database?.close();
    await pooler?.stop();
  });

  it('many transactions at once share few connections, and none sees half of another', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        database.transaction(async (tx) => {
          await tx.user.create({ data: user(`kept-${index}`) });
          await tx.user.create({ data: user(`with-${index}`) });
          if (index % 4 === 0) throw new Error('undone');
        }),
      ).map((one) => one.catch(() => {})),
    );
    expect(await database.prisma.user.count({ where: { id: { startsWith: 'kept' } } })).toBe(30);
    expect(await database.prisma.user.count({ where: { id: { startsWith: 'with' } } })).toBe(30);
  });

  it('delivers notifications from the pooler to listeners at the direct address', async () => {
    const heard: string[] = [];
    await database.listener.listen(
      'pooled',
      (payload) => heard.push(payload),
      () => {},
    );
    await database.transaction((tx) => tx.$executeRaw`SELECT pg_notify('pooled', 'through')`);
    await expect.poll(() => heard).toEqual(['through']);
  });

  it('leaves no state on a connection that another transaction may get', async () => {
    await Promise.all(Array.from({ length: 20 }, () => database.prisma.user.findMany({ take: 3 })));
    const left = await database.prisma.$queryRaw`
      SELECT (SELECT count(*)::int FROM pg_prepared_statements WHERE name <> '') AS prepared,
        (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks`;
    expect(left).toEqual([{ prepared: 0, locks: 0 }]);
  });

  it('as the only address it is refused at the start', async () => {
    await expect(openDatabase({ kind: 'postgres', url: pooler.url })).rejects.toMatchObject({
      address: 'url',
      cause: { message: expect.stringContaining('unsupported startup parameter') },
    });
  });
});
