import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallPage, CallRecord } from '#deploy/host/call-contract.ts';
import type { Database } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createEnvelopes } from '../credentials/envelope.ts';
import { parseKeyRing } from '../credentials/key-ring.ts';
import { createEvents, type Events } from '../events.ts';
import { createCallBodiesReader } from './bodies.ts';
import type { RefusedCall } from './call.ts';
import { createCallCollector } from './collector.ts';
import { pruneCalls } from './prune-calls.ts';
import { createCallFeed } from './read-calls.ts';
import { readRecentUsage } from './recent-usage.ts';
import { saveCalls } from './save-calls.ts';

const envelopes = createEnvelopes(parseKeyRing(Buffer.alloc(32, 7).toString('base64')));

let database: Database;
let events: Events;
let machine: Machine;
let tokenId: string;

const record = (more: Partial<CallRecord> = {}): CallRecord => ({
  at: '2026-11-30T10:00:00.000Z',
  caller: `token:${tokenId}`,
  client: { name: 'reader', version: '1' },
  method: 'tools/call',
  name: 'echo',
  outcome: 'OK',
  errorCode: null,
  durationMs: 1.5,
  waitedMs: 0,
  bytesIn: 10,
  bytesOut: 20,
  sessionId: 's',
  requestId: 'r',
  era: 'legacy',
  bodies: null,
  trace: null,
  ...more,
});

beforeEach(async () => {
  database = await openTestDatabase();
  events = await createEvents(database.listener);
  const { prisma } = database;
  const user = await prisma.user.create({
    data: { id: randomUUID(), name: 'Ann', email: `${randomUUID()}@example.com` },
  });
  const deployment = await prisma.deployment.create({
    data: { ownerId: user.id, name: 'a', source: 'a', region: 'local', memoryMb: 256, nextCheckAt: null },
  });
  const release = await prisma.release.create({
    data: {
      deploymentId: deployment.id,
      number: 3,
      runtime: 'npm',
      package: 'a',
      version: '1.0.0',
      spec: {},
      region: 'local',
      memoryMb: 256,
      isolation: 'AUTO',
      credentialVersion: 1,
      hostToken: '',
      reason: 'deploy',
    },
  });
  machine = await prisma.machine.create({
    data: {
      deploymentId: deployment.id,
      releaseId: release.id,
      app: 'app',
      name: randomUUID(),
      configHash: 'h',
      machineId: 'm1',
      region: 'local',
      address: 'http://127.0.0.1:1',
    },
  });
  const token = await prisma.accessToken.create({
    data: { deploymentId: deployment.id, name: 'Laptop', hash: Buffer.from(randomUUID()), prefix: 'cwt_' },
  });
  tokenId = token.id;
});
afterEach(() => database.close());

/** A host with these calls, which answers after `held`. */
const hostOf = (records: unknown[], { lost = 0, held = Promise.resolve() } = {}) => ({
  calls: async (_target: unknown, cursor: string | null): Promise<CallPage> => {
    await held;
    const from = Number(cursor?.split('.')[1] ?? 0);
    const page = records.slice(from) as CallRecord[]; // some tests hand out what is no record
    return { records: page, cursor: `b.${records.length}`, lost: cursor === null ? lost : 0, more: false };
  },
});

const save = (host: ReturnType<typeof hostOf>) =>
  saveCalls(
    {
      prisma: database.prisma,
      events,
      envelopes,
      host,
      targetOf: async () => ({ origin: '', headers: {}, token: '' }),
    },
    machine,
    AbortSignal.timeout(10_000),
  );

const rows = () => database.prisma.call.findMany({ orderBy: { id: 'asc' } });

test('a call is stored with its release and the name of its token, which outlives the token', async () => {
  await save(hostOf([record()]));
  await database.prisma.accessToken.deleteMany();
  expect(await rows()).toMatchObject([
    {
      name: 'echo',
      callerKind: 'token',
      callerId: tokenId,
      callerName: 'Laptop',
      releaseNumber: 3,
      clientName: 'reader',
    },
  ]);
});

test('workers that save the same calls at once store each call once', async () => {
  const held = Promise.withResolvers<void>();
  const host = hostOf(
    Array.from({ length: 50 }, (_, i) => record({ name: `t${i}` })),
    { held: held.promise },
  );
  const saves = [save(host), save(host), save(host)];
  held.resolve();
  await Promise.all(saves);
  await save(host);
  expect((await rows()).map(({ name }) => name)).toEqual(Array.from({ length: 50 }, (_, i) => `t${i}`));
});

test('what a host dropped is counted, and so is what is no record of a call', async () => {
  await save(
    hostOf([record(), { method: 'tools/call' }, record({ method: 'tools/list' as 'tools/call' })], { lost: 5 }),
  );
  expect(await rows()).toHaveLength(1);
  expect(await database.prisma.deployment.findFirst()).toMatchObject({ callsLost: 7, callsLostAt: expect.any(Date) });
});

test('texts that the database refuses do not keep other calls from being stored', async () => {
  await save(hostOf([record({ name: 'a\0b', client: { name: '\ud800', version: 'x'.repeat(9_999) } }), record()]));
  const [first] = await rows();
  expect([first?.name, first?.clientName, first?.clientVersion?.length]).toEqual(['ab', '\ufffd', 256]);
});

test('a label that names a token of another deployment resolves to no name', async () => {
  const { ownerId } = await database.prisma.deployment.findFirstOrThrow();
  const other = await database.prisma.deployment.create({
    data: { ownerId, name: 'b', source: 'b', region: 'local', memoryMb: 256, nextCheckAt: null },
  });
  const token = await database.prisma.accessToken.create({
    data: { deploymentId: other.id, name: 'Not yours', hash: Buffer.from('h'), prefix: 'cwt_' },
  });
  await save(hostOf([record({ caller: `token:${token.id}` }), record({ caller: 'nonsense' })]));
  expect((await rows()).map(({ callerName, callerKind }) => [callerKind, callerName])).toEqual([
    ['token', null],
    [null, null],
  ]);
});

const refused = (more: Partial<RefusedCall> = {}): RefusedCall => ({
  deploymentId: machine.deploymentId,
  at: '2026-11-30T10:00:00.000Z',
  method: '',
  name: '',
  caller: null,
  outcome: 'REFUSED',
  errorCode: 'UNAUTHENTICATED',
  status: 401,
  durationMs: 1,
  bytesIn: 0,
  bytesOut: 0,
  sessionId: null,
  requestId: 'r',
  era: 'legacy',
  ...more,
});

const collectorAt = (nowMs: () => number) =>
  createCallCollector({
    prisma: database.prisma,
    events,
    save: async () => {},
    nowMs,
    onError: (error) => {
      throw error;
    },
    collectMs: 1_000_000,
  });

test('refusals are stored up to a number a minute, and counted beyond it', async () => {
  let now = 0;
  const collector = collectorAt(() => now);
  for (let i = 0; i < 130; i += 1) collector.refused(refused());
  await collector.flush();
  expect(await database.prisma.call.count({ where: { outcome: 'REFUSED', status: 401 } })).toBe(120);
  expect(await database.prisma.deployment.findFirst()).toMatchObject({ callsLost: 10 });
  now = 60_000;
  collector.refused(refused());
  await collector.close();
  expect(await database.prisma.call.count()).toBe(121);
});

test('refusals of a deployment that is gone, or that never was, disturb no one', async () => {
  const collector = collectorAt(() => 0);
  collector.refused(refused({ deploymentId: randomUUID() }));
  collector.refused(refused({ deploymentId: "'; DROP TABLE" }));
  collector.refused(refused({ method: 'a\0', name: '\udc00' }));
  await collector.close();
  expect((await rows()).map(({ method }) => method)).toEqual(['a']);
});

test('a reader follows the calls that match, from now on and without a gap', async () => {
  await save(hostOf([record({ name: 'old' })]));
  const ended = new AbortController();
  const feed = createCallFeed({ prisma: database.prisma, events });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { name } of feed.follow(machine.deploymentId, { outcomes: ['TOOL_ERROR'] }, ended.signal)) {
      seen.push(name);
      if (seen.length === 2) ended.abort();
    }
  })();
  const calls = [record({ name: 'old' }), record({ outcome: 'TOOL_ERROR', name: 'a' }), record({ name: 'b' })];
  await save(hostOf(calls));
  await save(hostOf([...calls, record({ outcome: 'TOOL_ERROR', name: 'c' })]));
  await reading;
  expect(seen).toEqual(['a', 'c']);
});

test('arguments and results are stored sealed where the owner has asked for them, and nowhere else', async () => {
  const { prisma } = database;
  const bodies = { arguments: '{"city":"Oslo"}', result: null };
  await save(hostOf([record({ bodies })]));
  expect([await prisma.callBodies.count(), (await rows())[0]?.bodiesId]).toEqual([0, null]);
  await prisma.deployment.update({ where: { id: machine.deploymentId }, data: { recordsBodies: true } });
  await save(hostOf([record({ bodies }), record({ bodies }), record()]));
  const [, second, third] = await rows();
  expect(third?.bodiesId).toBeNull();
  expect(JSON.stringify(await prisma.callBodies.findMany())).not.toContain('Oslo');
  const { read } = createCallBodiesReader({ prisma, envelopes });
  const call = { deploymentId: machine.deploymentId, bodiesId: second?.bodiesId ?? null };
  const { ownerId } = await prisma.deployment.findUniqueOrThrow({ where: { id: machine.deploymentId } });
  const other = await prisma.user.create({
    data: { id: randomUUID(), name: 'Bo', email: `${randomUUID()}@example.com` },
  });
  await prisma.share.create({ data: { deploymentId: machine.deploymentId, userId: other.id, role: 'OPERATE' } });
  expect(await read(call, ownerId)).toEqual(bodies);
  expect(await read(call, other.id), 'the role OPERATE is not enough').toBeNull();
  expect(await read({ ...call, deploymentId: randomUUID() }, ownerId)).toBeNull();
  expect(await read({ ...call, bodiesId: null }, ownerId)).toBeNull();
  const moved = randomUUID();
  await prisma.callBodies.update({ where: { id: call.bodiesId ?? '' }, data: { id: moved } });
  await expect(read({ ...call, bodiesId: moved }, ownerId)).rejects.toThrow('belongs to something else');
});

test('usage of the last hour counts calls of tools by minute, with durations of real calls', async () => {
  const at = (minutes: number) => new Date(Date.UTC(2026, 10, 30, 10, minutes, 30)).toISOString();
  const took = (durationMs: number, more: Partial<CallRecord> = {}) => record({ at: at(59), durationMs, ...more });
  await save(
    hostOf([
      took(10),
      took(30_100, { outcome: 'TOOL_ERROR' }),
      took(20),
      took(5, { method: 'prompts/get' }),
      record({ at: at(0), durationMs: 7 }),
      record({ at: at(-1), durationMs: 7 }),
    ]),
  );
  const now = () => new Date(Date.UTC(2026, 10, 30, 10, 59, 40));
  const points = await readRecentUsage({ prisma: database.prisma, now }, machine.deploymentId, 'HOUR');
  expect([points.length, points[0]?.at.toISOString()]).toEqual([60, '2026-11-30T10:00:00.000Z']);
  expect(points[0]).toMatchObject({ calls: 1, errors: 0, p50Ms: 7, p95Ms: 7 });
  expect(points[1]).toMatchObject({ calls: 0, p50Ms: null });
  expect(points[59]).toMatchObject({ calls: 3, errors: 1, p50Ms: 20, p95Ms: 30_100 });
  const day = await readRecentUsage({ prisma: database.prisma, now }, machine.deploymentId, 'DAY');
  expect([day.length, day.at(-1)?.calls, day.at(-4)?.calls, day.at(-5)?.calls]).toEqual([96, 3, 1, 1]);
});

test('arguments and results go with the age of their calls', async () => {
  const { prisma } = database;
  await prisma.deployment.update({ where: { id: machine.deploymentId }, data: { recordsBodies: true } });
  const at = (day: number) => new Date(Date.UTC(2026, 10, day)).toISOString();
  await save(hostOf([2, 29].map((day) => record({ at: at(day), bodies: { arguments: '{}', result: '{}' } }))));
  const now = () => new Date(Date.UTC(2026, 10, 30));
  await pruneCalls({ prisma, now, days: 7, rowsPerDeployment: 100 }, AbortSignal.timeout(10_000));
  expect((await prisma.callBodies.findMany()).map((one) => one.at.toISOString())).toEqual([at(29)]);
});

test('retention keeps the newest calls of each deployment', async () => {
  const day = (n: number) => new Date(Date.UTC(2026, 10, n)).toISOString();
  await save(hostOf([28, 29, 30].map((n) => record({ at: day(n), name: String(n) }))));
  const prune = (rowsPerDeployment: number) =>
    pruneCalls(
      { prisma: database.prisma, now: () => new Date(Date.UTC(2026, 10, 30)), days: 7, rowsPerDeployment },
      AbortSignal.timeout(10_000),
    );
  expect(await prune(100)).toEqual({ days: [], rows: 0 });
  expect(await prune(2)).toEqual({ days: [], rows: 1 });
  expect((await rows()).map(({ name }) => name)).toEqual(['29', '30']);
  expect(await prune(2)).toEqual({ days: [], rows: 0 });
});
