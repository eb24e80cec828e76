import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import type { CallRow } from './call.ts';
import { openCallDay, readCallDays, removeCallDays } from './call-days.ts';
import { callWhere } from './read-calls.ts';
import { writeRefused } from './write-calls.ts';

let database: Database;
let deploymentId: string;

beforeEach(async () => {
  database = await openTestDatabase();
  const user = await database.prisma.user.create({
    data: { id: randomUUID(), name: 'Ann', email: `${randomUUID()}@example.com` },
  });
  const deployment = await database.prisma.deployment.create({
    data: { ownerId: user.id, name: 'a', source: 'a', region: 'local', memoryMb: 256, nextCheckAt: null },
  });
  deploymentId = deployment.id;
});
afterEach(() => database.close());

const date = (day: number, hour = 0) => new Date(Date.UTC(2026, 10, day, hour));

const row = (name: string, at: Date): CallRow => ({
  at: at.toISOString(),
  method: 'tools/call',
  name,
  outcome: 'OK',
  errorCode: null,
  status: null,
  durationMs: 1,
  waitedMs: 0,
  bytesIn: 1,
  bytesOut: 1,
  clientName: null,
  clientVersion: null,
  callerKind: null,
  callerId: null,
  sessionId: null,
  requestId: null,
  era: 'legacy',
  bodies: null,
});

const write = (name: string, at: Date) =>
  writeRefused(database.prisma, deploymentId, { rows: [row(name, at)], lost: 0 });
const open = (day: number) => openCallDay(database.prisma, date(day, 1));
const remove = (before: Date) => removeCallDays(database.prisma, before, AbortSignal.timeout(30_000));
const names = async () =>
  (await database.prisma.call.findMany({ where: callWhere(deploymentId, {}), orderBy: { id: 'desc' }, take: 50 })).map(
    ({ name }) => name,
  );
const tables = async () => (await readCallDays(database.prisma)).map(({ table }) => table);

test('calls of each day are removed together, the newest first in pages all the time', async () => {
  await write('before all days', date(1));
  for (const day of [2, 3, 4]) {
    await open(day);
    await write(`early ${day}`, date(day, 2));
    await write(`late ${day}`, date(day, 22));
  }
  const all = ['late 4', 'early 4', 'late 3', 'early 3', 'late 2', 'early 2', 'before all days'];
  expect(await names()).toEqual(all);
  expect(await remove(date(1))).toEqual([]);
  // A part of day 3 is younger: the day stays whole.
  expect(await remove(date(3, 12))).toEqual(['Call_first', 'Call_20759']);
  expect(await names()).toEqual(all.slice(0, 4));
  expect(await tables()).toEqual(['Call_20760', 'Call_20761']);
  expect(await remove(date(3, 12))).toEqual([]);
  await write('again', date(4, 23));
  expect((await names())[0]).toBe('again');
});

test('the day that is written to stays, however old its calls are', async () => {
  await open(2);
  await write('old', date(2, 2));
  await remove(date(20));
  expect(await names()).toEqual(['old']);
  await open(20);
  await remove(date(20));
  expect(await names()).toEqual([]);
});

test('instances that open a day at once open it once, and no id is given twice', async () => {
  await Promise.all([open(2), open(2), open(2), write('a', date(2)), write('b', date(2))]);
  expect(await open(2)).toBe(false);
  expect(await tables()).toEqual(['Call_first', 'Call_20759']);
  await Promise.all(Array.from({ length: 5 }, (_, n) => write(`c${n}`, date(2))));
  const ids = (await database.prisma.call.findMany({ select: { id: true } })).map(({ id }) => id);
  expect(new Set(ids).size).toBe(7);
  expect(await open(1), 'a clock that is behind opens no day before').toBe(false);
});

test('calls are stored while days are opened', async () => {
  const writing = Array.from({ length: 60 }, (_, n) => write(String(n), date(6)));
  for (const day of [2, 3, 4, 5, 6]) {
    expect(await open(day)).toBe(true);
    writing.push(write(`of ${day}`, date(6)));
  }
  await Promise.all(writing);
  expect(await database.prisma.call.count()).toBe(65);
});

test('a call that a host dates in the future does not keep its day for good', async () => {
  await open(2);
  await write('of tomorrow', new Date(Date.UTC(2099, 0)));
  await open(3);
  expect(await remove(date(4))).toEqual([]);
  expect(await remove(date(5))).toEqual(['Call_20759']);
});

test('calls of all days go with their deployment', async () => {
  await write('a', date(1));
  await open(2);
  await write('b', date(2));
  await database.prisma.deployment.delete({ where: { id: deploymentId } });
  expect(await database.prisma.call.count()).toBe(0);
});
