import { randomUUID } from 'node:crypto';
import { loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Database, openDatabase } from '#prisma/client.ts';
import { startPostgres } from '#prisma/test-postgres.testing.ts';
import { openCallDay } from '#server/domain/calls/call-days.ts';
import { pruneCalls } from '#server/domain/calls/prune-calls.ts';
import { type CallFilter, callWhere } from '#server/domain/calls/read-calls.ts';
import { recordFigure } from './figures.ts';

export type TableOptions = { kind: 'pglite' | 'postgres'; rows: number; folder: string };

const DEPLOYMENTS = 100;
const DAYS = 7;
const CHUNK = 50_000;
const READS = 100;
const PAGE = 51; // one more than is shown, as a connection asks
const DAY_MS = 86_400_000;
const GOAL_MS = { pglite: 150, postgres: 50 };
const RETENTION_GOAL_MS = 2_000;
const WRITE_EVERY_MS = 5;
const WRITE_GOAL_MS = 500;

const loadOf = (): string => (loadavg()[0] ?? 0).toFixed(1);

const FILTERS: Record<string, CallFilter> = {
  'all calls': {},
  'failed calls': { outcomes: ['TOOL_ERROR', 'PROTOCOL_ERROR', 'CANCELLED', 'TIMED_OUT', 'REFUSED'] },
  'one tool': { name: 'tool 7' },
  'slow calls, of which there are none': { slowerThanMs: 1e9 },
};

const percentile = (values: number[], share: number): number =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** Fills a table with a week of calls of 100 deployments, then reads first pages and removes the oldest day. */
export async function measureTable({ kind, rows, folder }: TableOptions): Promise<void> {
  const server = kind === 'postgres' ? await startPostgres({ settings: { fsync: 'on' } }) : null;
  const database = await openDatabase(
    server ? { kind: 'postgres', url: server.url } : { kind: 'pglite', directory: path.join(folder, 'database') },
  );
  try {
    // Midnight, so that each day is whole.
    const now = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS);
    const ids = await fill(database, { rows, now, url: server?.url ?? null });
    const where = `${kind}, ${rows.toLocaleString('en-US')} calls`;
    for (const [name, filter] of Object.entries(FILTERS)) {
      const took: number[] = [];
      for (let read = 0; read < READS; read += 1) {
        const startedAt = performance.now();
        const deploymentId = ids[read % DEPLOYMENTS] ?? '';
        await database.prisma.call.findMany({
          where: callWhere(deploymentId, filter),
          orderBy: { id: 'desc' },
          take: PAGE,
        });
        took.push(performance.now() - startedAt);
      }
      const p95 = percentile(took, 0.95);
      console.log(
        `${where}: first page of ${name} p50 ${percentile(took, 0.5).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`,
      );
      recordFigure(`first page of ${name}, p95 (${where})`, p95, 'ms', { atMost: GOAL_MS[kind] });
    }
    await measureRetention(database, ids, where, now);
  } finally {
    await database.close();
    await server?.stop();
  }
}

/** Runs statements that may take as long as they need. */
type Filling = { run(sql: string, values?: unknown[]): Promise<unknown>; end(): Promise<void> };

async function openFilling({ prisma }: Database, url: string | null): Promise<Filling> {
  if (url === null)
    return { run: (sql, values = []) => prisma.$executeRawUnsafe(sql, ...values), end: async () => undefined };
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('SET synchronous_commit = off');
  return { run: (sql, values = []) => client.query(sql, values), end: () => client.end() };
}

const INSERT = `
  INSERT INTO "Call" ("deploymentId", "at", "method", "name", "outcome", "failed", "durationMs", "waitedMs", "bytesIn", "bytesOut",
    "clientName", "clientVersion", "callerKind", "releaseNumber", "sessionId", "requestId", "era")
  SELECT ($1::uuid[])[1 + n % ${DEPLOYMENTS}], $2::timestamptz - make_interval(secs => ($3::int - n) * ${(DAYS * DAY_MS) / 1_000}::float8 / $3::int),
    'tools/call', 'tool ' || (n / ${DEPLOYMENTS}) % 20,
    (CASE WHEN (n / ${DEPLOYMENTS}) % 50 = 0 THEN 'TOOL_ERROR' ELSE 'OK' END)::"CallOutcome", (n / ${DEPLOYMENTS}) % 50 = 0, n % 1000, 0, 200, 400,
    'reader', '1.0', 'token', 1, 'machine.0b6ad3a8-5d5c-4b6e-9f3c-1f8e4c2d7a90', 'd9baab24af9a-' || n, 'legacy'
  FROM generate_series($4::int, $5::int) AS n`;

async function fill(database: Database, { rows, now, url }: { rows: number; now: Date; url: string | null }) {
  const startedAt = performance.now();
  const { prisma } = database;
  const ids = Array.from({ length: DEPLOYMENTS }, () => randomUUID());
  await prisma.user.create({ data: { id: 'bench', name: 'Bench', email: 'bench@example.com' } });
  await prisma.deployment.createMany({
    data: ids.map((id) => ({
      id,
      ownerId: 'bench',
      name: id,
      source: id,
      region: 'local',
      memoryMb: 256,
      nextCheckAt: null,
    })),
  });
  const indexes = await prisma.$queryRawUnsafe<{ indexname: string; indexdef: string }[]>(
    `SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'Call' AND indexname NOT LIKE '%_pkey'`,
  );
  const filling = await openFilling(database, url);
  // Indexes of a full table are built faster than they grow.
  for (const { indexname } of indexes) await filling.run(`DROP INDEX "${indexname}"`);
  for (let day = 0; day < DAYS; day += 1) {
    await openCallDay(prisma, new Date(now.getTime() - (DAYS - day) * DAY_MS));
    const end = Math.floor((rows * (day + 1)) / DAYS);
    for (let done = Math.floor((rows * day) / DAYS); done < end; done += CHUNK)
      await filling.run(INSERT, [ids, now, rows, done, Math.min(end, done + CHUNK) - 1]);
  }
  await openCallDay(prisma, now);
  // The definition of a partitioned index leaves the partitions out.
  for (const { indexdef } of indexes) await filling.run(indexdef.replace(' ON ONLY ', ' ON '));
  await filling.run('VACUUM ANALYZE "Call"');
  await filling.end();
  console.log(`${rows} rows in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s; load ${loadOf()}`);
  return ids;
}

/** Removes a day's calls while a writer stores a call every few milliseconds, and reports how long that one waited. */
async function measureRetention({ prisma }: Database, ids: readonly string[], where: string, now: Date): Promise<void> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(600_000);
  const ended = new AbortController();
  const waits: number[] = [];
  const writing = (async () => {
    for (let n = 0; !ended.signal.aborted; n += 1) {
      const before = performance.now();
      await prisma.$executeRawUnsafe(
        INSERT,
        Array.from({ length: DEPLOYMENTS }, () => ids[n % DEPLOYMENTS]),
        now,
        1,
        0,
        0,
      );
      waits.push(performance.now() - before);
      await delay(WRITE_EVERY_MS);
    }
  })();
  const removed = await pruneCalls(
    { prisma, now: () => now, days: DAYS - 1, rowsPerDeployment: 10_000_000 },
    signal,
  ).finally(() => ended.abort());
  const took = performance.now() - startedAt;
  await writing;
  const longest = Math.max(...waits);
  console.log(
    `${where}: ${removed.days.length} of ${DAYS} days removed in ${took.toFixed(0)} ms; ${waits.length} writes in that time, the longest took ${longest.toFixed(0)} ms; load ${loadOf()}`,
  );
  recordFigure(`a day's calls removed (${where})`, took, 'ms', { atMost: RETENTION_GOAL_MS });
  recordFigure(`longest write in that time (${where})`, longest, 'ms', { atMost: WRITE_GOAL_MS });
}
