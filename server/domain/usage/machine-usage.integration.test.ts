import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { applyRetention } from '../retention/retention.ts';
import { type MachineReading, saveMachineSample } from './machine-samples.ts';
import { readMachineUsage } from './machine-usage.ts';

let database: Database;
let id: string;

beforeEach(async () => {
  database = await openTestDatabase();
  const user = await database.prisma.user.create({
    data: { id: randomUUID(), name: 'Ann', email: `${randomUUID()}@example.com` },
  });
  const deployment = await database.prisma.deployment.create({
    data: { ownerId: user.id, name: 'a', source: 'a', region: 'local', memoryMb: 256, nextCheckAt: null },
  });
  id = deployment.id;
});
afterEach(() => database.close());

const at = (hours: number, minutes = 0, day = 30) => new Date(Date.UTC(2026, 10, day, hours, minutes));
const save = (when: Date, more: Partial<MachineReading> = {}) =>
  saveMachineSample(
    database.prisma,
    id,
    { sessions: 1, memoryBytes: 50_000_000, processor: { bootId: 'b', ms: 0 }, ...more },
    when,
  );
const usage = (over: 'HOUR' | 'DAY' | number, now: Date) =>
  readMachineUsage({ prisma: database.prisma, now: () => now }, id, over);

test('of each five minutes the first reading is kept, and processor time counts from the one before', async () => {
  await save(at(10, 0), { sessions: 2, processor: { bootId: 'b', ms: 1_000 } });
  await save(at(10, 4), { sessions: 9, processor: { bootId: 'b', ms: 9_000 } });
  await save(at(10, 5), { sessions: 3, processor: { bootId: 'b', ms: 31_000 } });
  const points = await usage('HOUR', at(10, 9));
  expect(points).toHaveLength(12);
  expect(points.at(-3)).toMatchObject({ sessions: null, memoryBytes: null, processorShare: null });
  expect(points.at(-2)).toMatchObject({ at: at(10, 0), sessions: 2, memoryBytes: 50_000_000, processorShare: null });
  expect(points.at(-1)).toMatchObject({ at: at(10, 5), sessions: 3, processorShare: 0.1 });
});

test('a host that started again counts from its start, and a process that was left behind takes nothing away', async () => {
  await save(at(10, 0), { processor: { bootId: 'b', ms: 90_000 } });
  await save(at(10, 5), { processor: { bootId: 'c', ms: 30_000 } });
  await save(at(10, 10), { processor: { bootId: 'c', ms: 20_000 } });
  expect((await usage('HOUR', at(10, 10))).slice(-2).map(({ processorShare }) => processorShare)).toEqual([0.1, 0]);
});

test('a host that measures nothing leaves gaps, and no wrong figures', async () => {
  await save(at(10, 0), { processor: null, memoryBytes: null });
  await save(at(10, 5), { processor: { bootId: 'b', ms: 500_000 } });
  expect((await usage('HOUR', at(10, 5))).at(-1)?.processorShare).toBeNull();
});

test('quarters of an hour and days sum up their samples', async () => {
  for (const [minute, sessions, ms] of [
    [0, 1, 0],
    [5, 4, 30_000],
    [10, 2, 90_000],
  ] as const)
    await save(at(10, minute), { sessions, processor: { bootId: 'b', ms } });
  const day = await usage('DAY', at(10, 12));
  expect([day.length, day.at(-1)]).toEqual([
    96,
    { at: at(10, 0), sessions: 4, memoryBytes: 50_000_000, processorShare: 0.1 },
  ]);
  const days = await usage(7, at(23, 59));
  expect(days).toHaveLength(7);
  expect(days.at(-1)).toMatchObject({ at: at(0), sessions: 4, processorShare: 90_000 / 86_400_000 });
  expect(days.at(-2)?.sessions).toBeNull();
});

test('samples go after two days, and days after ninety', async () => {
  await save(at(10, 0, 1));
  await save(at(10, 0, 29));
  const count = () => Promise.all([database.prisma.machineSample.count(), database.prisma.machineDay.count()]);
  await applyRetention({ prisma: database.prisma, now: () => at(12) }, AbortSignal.timeout(30_000));
  expect(await count()).toEqual([1, 2]);
  const later = new Date(at(12).getTime() + 91 * 86_400_000);
  await applyRetention({ prisma: database.prisma, now: () => later }, AbortSignal.timeout(30_000));
  expect(await count()).toEqual([0, 0]);
});
