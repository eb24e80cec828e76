import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '#prisma/client.ts';
import { startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { claimDue } from '#server/domain/deployments/rows/lease.ts';
import { checkVersions } from '#server/domain/deployments/upkeep/newer-version.ts';
import { createEvents } from '#server/domain/events.ts';
import { createApiTokenService } from '#server/domain/identity/api-tokens.ts';
import { applyRetention } from '#server/domain/retention/retention.ts';
import { type App, createApp } from '../../server/compose/app.ts';
import { readEnv } from '../../server/env.ts';
import { createLog } from '../../server/logging/log.ts';
import { seed } from './seed.ts';

/** `npm run test:all` asks for 100,000 deployments with 100 rows of usage each; here a tenth and less shows the same. */
const DEPLOYMENTS = Number(process.env['CATWALK_SCALE_DEPLOYMENTS'] ?? 10_000);
const USAGE_ROWS_EACH = Number(process.env['CATWALK_SCALE_USAGE_ROWS'] ?? 20);
const USERS = 500;
/** The rows that a query below may read of a table: far more than it shows, far less than the table. */
const ROWS_READ_MAX = 2_500;
/** For a server that is thrown away: nothing of it must survive. What it reads for a question is the same. */
const FILLED_QUICKLY = {
  ...{ shared_buffers: '1GB', maintenance_work_mem: '512MB', max_wal_size: '8GB' },
  ...{ wal_level: 'minimal', max_wal_senders: '0', full_page_writes: 'off' },
};
const HOUR_MS = 3_600_000;
const DEPLOYMENT = 'd81c4c28-7d0e-3f22-a4a7-000000000000';

let postgres: TestPostgres;
let looker: pg.Client;
let app: App;
let dataDir: string;
let token: string;
let deploymentId: string;

beforeAll(async () => {
  postgres = await startPostgres({ settings: FILLED_QUICKLY });
  const database = await openDatabase({ kind: 'postgres', url: postgres.url });
  looker = new pg.Client({ connectionString: postgres.url });
  await looker.connect();
  await seed(looker, { users: USERS, deployments: DEPLOYMENTS, usageRowsEach: USAGE_ROWS_EACH });
  const { prisma, transaction } = database;
  const apiTokens = createApiTokenService({
    ...{ prisma, transaction, clock: () => new Date() },
    events: { publish: async () => {} }, // no subscriber yet
  });
  const actor = { userId: 'user-7', role: 'MEMBER', scope: 'WRITE', via: 'system', ip: null } as const;
  ({ token } = await apiTokens.create(actor, { name: 'test', scope: 'WRITE', expiresAt: null }));
  deploymentId = (await prisma.deployment.findFirstOrThrow({ where: { ownerId: 'user-7' } })).id;
  await database.close();
  dataDir = await mkdtemp(path.join(tmpdir(), 'cw-scale-'));
  app = await createApp({
    env: readEnv({
      ...{ PORT: '0', CATWALK_DATA_DIR: dataDir, DATABASE_URL: postgres.url, MACHINES: 'local', LOG_LEVEL: 'silent' },
      FLY_API_BASE_URL: 'http://127.0.0.1:9', // no machines are needed here
    }),
    log: createLog('silent'),
    environment: {},
    workers: false, // only what is asked here is to be counted
  });
  await reads(); // what the start read is reported by now, or with the next question of its connection
  await Promise.all(Array.from({ length: 20 }, () => ask('{ deployments(first: 1) { edges { node { id } } } }')));
}, HOUR_MS);
afterAll(async () => {
  await app?.close();
  await looker?.end();
  await postgres?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
}, HOUR_MS);

type Reads = Record<string, number>;

/** Rows read so far by table, whether by index or one after the other, as PostgreSQL itself counts them. */
async function reads(): Promise<Reads> {
  // Each connection reports what it did at most once a second, and when it ends.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  await looker.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await looker.query<{ relname: string; read: string }>(
    'SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) AS read FROM pg_stat_user_tables',
  );
  return Object.fromEntries(rows.map(({ relname, read }) => [relname, Number(read)]));
}

/** The tables that a query read beyond its limit, with the number of rows. */
async function costOf(question: () => Promise<unknown>): Promise<Reads> {
  const before = await reads();
  await question();
  const after = await reads();
  const costs = Object.entries(after).map(([table, read]): [string, number] => [table, read - (before[table] ?? 0)]);
  return Object.fromEntries(costs.filter(([, read]) => read > ROWS_READ_MAX));
}

async function ask(query: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: {} }),
  });
  const { data, errors } = (await answer.json()) as { data: Record<string, unknown>; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

describe(`${DEPLOYMENTS} deployments, ${DEPLOYMENTS * USAGE_ROWS_EACH} rows of usage`, { timeout: HOUR_MS }, () => {
  const questions: Record<string, () => string> = {
    'a page of the list': () =>
      '{ deployments(first: 50) { edges { node { id name status currentRelease { version } } } } }',
    'the list by status': () => '{ deployments(first: 20, status: [STOPPED]) { edges { node { id } } } }',
    'the list by words': () => '{ deployments(first: 20, search: "server 7") { edges { node { id } } } }',
    'one deployment with its events, releases and tokens': () =>
      `{ deployment(id: "${deploymentId}") { name machine { state } accessTokens { name } currentRelease { number }
         releases(first: 5) { edges { node { number } } } events(first: 20) { edges { node { message } } } } }`,
    'its log': () => `{ deployment(id: "${deploymentId}") { logs(tail: 200) { text } } }`,
    'its usage': () => `{ deployment(id: "${deploymentId}") { usage(days: 30) { calls byTool { tool calls } } } }`,
    'the audit trail': () => '{ auditEvents(first: 50) { edges { node { at } } } }',
    'the audit trail by type and time': () =>
      `{ auditEvents(first: 50, types: ["deployment.created"], since: "${new Date(Date.now() - HOUR_MS).toISOString()}") {
         edges { node { at } } } }`,
    'the audit trail of one deployment': () =>
      `{ auditEvents(first: 50, deploymentId: "${deploymentId}") { edges { node { at } } } }`,
  };
  it.each(Object.keys(questions))('%s costs what it shows, not what there is', async (name) => {
    expect(await costOf(() => ask(questions[name]?.() ?? ''))).toEqual({});
  });

  it('a call of an endpoint that this instance has not seen', async () => {
    const call = (id: string) =>
      fetch(`${app.url}/api/mcp/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer cwt_guess' },
        body: '{}',
      });
    const cost = await costOf(async () => {
      expect((await call(deploymentId)).status).toBe(401);
      expect((await call(DEPLOYMENT)).status).toBe(404);
    });
    expect(cost).toEqual({});
  });

  it('looking for work, and what is too old, while there is none', async () => {
    const database = await openDatabase({ kind: 'postgres', url: postgres.url });
    const cost = await costOf(async () => {
      expect(await claimDue(database.prisma, 16, new Date())).toEqual([]);
      const unused = () => Promise.reject(new Error('Nothing is due.'));
      const index = { getPackage: unused, readPackage: unused };
      await checkVersions(
        {
          ...{ prisma: database.prisma, database, now: () => new Date(), indexes: { npm: index, pypi: index } },
          events: await createEvents(database.listener),
        },
        new AbortController().signal,
      );
      await applyRetention({ prisma: database.prisma, now: () => new Date() }, new AbortController().signal);
      await database.close(); // it reports what it did
    });
    expect(cost).toEqual({});
  });

  it('a subscriber, from the first look to an event', async () => {
    const cost = await costOf(async () => {
      const leaving = new AbortController();
      const answer = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ query: `subscription { deploymentStatus(id: "${deploymentId}") { message } }` }),
        signal: leaving.signal,
      });
      const lines = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      let heard = '';
      const reading = (async () => {
        while (!heard.includes('Told.')) heard += (await lines?.read())?.value ?? '';
      })();
      await looker.query('INSERT INTO "DeploymentEvent" ("deploymentId", "status", "message") VALUES ($1, $2, $3)', [
        ...[deploymentId, 'STOPPED', 'Told.'],
      ]);
      await looker.query(`SELECT pg_notify('catwalk', 'deployment ${deploymentId}')`);
      await reading;
      leaving.abort();
    });
    expect(cost).toEqual({});
  });
});
