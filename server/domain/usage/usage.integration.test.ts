import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createUsageRecorder, type UsageCall } from './recorder.ts';
import { createUsageService, type UsageService } from './service.ts';

let database: Database;
let service: UsageService;
let deploymentId: string;
const now = new Date('2026-11-20T12:00:00Z');

beforeAll(async () => {
  database = await openTestDatabase();
  service = createUsageService({ prisma: database.prisma, clock: () => now });
  await database.prisma.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@catwalk.test' } });
});
afterAll(() => database.close());

beforeEach(async () => {
  const row = await database.prisma.deployment.create({
    data: { ownerId: 'ann', name: 'Echo', source: 'echo', region: 'fra', memoryMb: 256 },
  });
  deploymentId = row.id;
});

const call = (more: Partial<UsageCall> = {}): UsageCall => ({
  deploymentId,
  method: 'tools/call',
  tool: 'echo',
  status: 200,
  isError: false,
  era: 'legacy',
  translated: false,
  caller: 'public',
  tokenId: null,
  connectionId: null,
  cold: false,
  durationMs: 10,
  bytesIn: 100,
  bytesOut: 1_000,
  ...more,
});

const recorder = (more: Partial<Parameters<typeof createUsageRecorder>[0]> = {}) =>
  createUsageRecorder({
    write: service.write,
    nowMs: () => now.getTime(),
    onError: (error) => {
      throw error;
    },
    flushMs: 3_600_000,
    ...more,
  });

test('calls, errors and percentiles by tool and day, added up over batches and instances', async () => {
  const [one, two] = [recorder(), recorder()];
  for (let i = 1; i <= 100; i += 1) (i % 2 ? one : two).record(call({ durationMs: i }));
  one.record(call({ tool: 'fail', isError: true, durationMs: 500 }));
  one.record(call({ method: 'initialize', tool: '', status: 503, isError: true }));
  one.record(call({ method: '(stream)', tool: '', durationMs: 3_600_000 }));
  await Promise.all([one.flush(), two.flush()]);
  one.record(call({ cold: true, durationMs: 50 }));
  await one.close();
  await two.close();

  const usage = await service.read(deploymentId, 7);
  expect(usage).toMatchObject({ days: 7, calls: 103, errors: 2, coldCalls: 1, bytesIn: 10_400, bytesOut: 104_000 });
  expect(usage.byTool).toMatchObject([
    { tool: 'echo', calls: 101, errors: 0 },
    { tool: 'fail', calls: 1, errors: 1 },
  ]);
  const [echo] = usage.byTool;
  expect(echo?.p50Ms).toBeGreaterThan(45);
  expect(echo?.p50Ms).toBeLessThan(56);
  expect(echo?.p95Ms).toBeGreaterThan(85);
  expect(echo?.p95Ms).toBeLessThan(106);
  expect(usage.byDay.map(({ day, calls }) => [day, calls])).toEqual([
    ['2026-11-14', 0],
    ['2026-11-15', 0],
    ['2026-11-16', 0],
    ['2026-11-17', 0],
    ['2026-11-18', 0],
    ['2026-11-19', 0],
    ['2026-11-20', 103],
  ]);
  expect(usage.byDay[0]).toMatchObject({ p50Ms: null, p95Ms: null });
  expect(usage.byToolAndDay).toMatchObject([
    { tool: 'echo', day: '2026-11-20', calls: 101 },
    { tool: 'fail', day: '2026-11-20', calls: 1 },
  ]);
  expect(usage.byMethod.map(({ method }) => method)).toEqual(['tools/call', 'initialize']);
});

test('when a deployment and a token were last used is kept, and never set back', async () => {
  const { prisma } = database;
  const token = await prisma.accessToken.create({
    data: { deploymentId, name: 'laptop', hash: Buffer.from(randomUUID()), prefix: 'cwt_x' },
  });
  const late = recorder();
  late.record(call({ caller: token.id, tokenId: token.id }));
  const early = recorder({ nowMs: () => now.getTime() - 60_000 });
  early.record(call({ caller: token.id, tokenId: token.id }));
  await late.close();
  await early.close();
  expect(await prisma.accessToken.findUnique({ where: { id: token.id } })).toMatchObject({ lastUsedAt: now });
  expect(await prisma.deployment.findUnique({ where: { id: deploymentId } })).toMatchObject({ lastUsedAt: now });
});

test('calls of a deployment that was deleted before the write do not hold up the others', async () => {
  const counted = recorder();
  counted.record(call({ deploymentId: randomUUID() }));
  counted.record(call());
  await counted.close();
  expect((await service.read(deploymentId, 1)).calls).toBe(1);
});

test('a batch that could not be stored is stored with the next one', async () => {
  const errors: unknown[] = [];
  let isAway = true;
  const counted = recorder({
    write: async (batch) => {
      if (isAway) throw new Error('the database is away');
      await service.write(batch);
    },
    onError: (error) => errors.push(error),
  });
  counted.record(call());
  await counted.flush();
  counted.record(call());
  isAway = false;
  await counted.close();
  expect(errors).toHaveLength(1);
  expect(counted.dropped()).toBe(0);
  expect((await service.read(deploymentId, 1)).calls).toBe(2);
});

test('drops and counts calls beyond its limit instead of keeping them in memory', async () => {
  const counted = recorder({ write: async () => {} });
  for (let i = 0; i < 20_010; i += 1) counted.record(call({ deploymentId: `d${i}` }));
  expect(counted.dropped()).toBe(10);
  await counted.flush();
  counted.record(call());
  expect(counted.dropped()).toBe(10);
  await counted.close();
});

test('a caller who makes up tool names fills no table', async () => {
  const counted = recorder();
  for (let i = 0; i < 1_000; i += 1) counted.record(call({ tool: `made-up-${i}\0\ud800` }));
  await counted.close();
  expect(await database.prisma.usageRollup.count({ where: { deploymentId } })).toBe(201);
  expect((await service.read(deploymentId, 1)).calls).toBe(1_000);
});

test('prunes rows that are older than the limit', async () => {
  const old = recorder({ nowMs: () => now.getTime() - 100 * 86_400_000 });
  old.record(call());
  await old.close();
  expect(await service.prune(90)).toBe(1);
});

test('a caller that names a method endlessly keeps no call of others from being counted', async () => {
  const one = recorder();
  const endless = Array.from({ length: 6_000 }, (_, at) => String.fromCharCode(0x4e00 + ((at * 7919) % 20_000))).join(
    '',
  );
  one.record(call({ method: endless, tool: endless }));
  one.record(call());
  await one.flush();
  expect(await service.read(deploymentId, 1)).toMatchObject({ calls: 2 });
});

test('one slow call has its own duration as every percentile, and so have the few beside it', async () => {
  const [one, two] = [recorder(), recorder()];
  one.record(call({ durationMs: 30_100 }));
  await one.close();
  expect((await service.read(deploymentId, 7)).tools).toEqual({ calls: 1, errors: 0, p50Ms: 30_100, p95Ms: 30_100 });
  for (let i = 1; i <= 19; i += 1) two.record(call({ durationMs: i }));
  await two.close();
  expect((await service.read(deploymentId, 7)).tools).toMatchObject({ calls: 20, p50Ms: 10, p95Ms: 19 });
});

test('the headline counts calls of tools, and messages of the protocol apart', async () => {
  const calls = recorder();
  for (const method of ['initialize', 'tools/list', 'prompts/get', 'ping']) calls.record(call({ method, tool: '' }));
  calls.record(call());
  await calls.close();
  const usage = await service.read(deploymentId, 7);
  expect([usage.calls, usage.tools.calls, usage.protocolMessages]).toEqual([5, 1, 3]);
  expect(usage.toolsByDay.at(-1)).toMatchObject({ calls: 1 });
  expect(usage.byDay.at(-1)).toMatchObject({ calls: 5 });
});

test('callers have the names of their tokens, until those are gone', async () => {
  const { prisma } = database;
  const hash = Buffer.from(randomUUID());
  const token = await prisma.accessToken.create({ data: { deploymentId, name: 'Laptop', hash, prefix: 'cwt_' } });
  const calls = recorder();
  calls.record(call({ caller: token.id }));
  calls.record(call({ caller: token.id }));
  calls.record(call({ caller: 'public' }));
  await calls.close();
  const named = async () => (await service.read(deploymentId, 7)).byCaller.map(({ name, calls }) => [name, calls]);
  expect(await named()).toEqual([
    ['Laptop', 2],
    [null, 1],
  ]);
  await prisma.accessToken.delete({ where: { id: token.id } });
  expect(await named()).toEqual([
    [null, 2],
    [null, 1],
  ]);
});
