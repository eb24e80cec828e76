import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRows, type Rows } from '../deployments/testing/rows-in-database.testing.ts';
import { createActivityReader } from './activity.ts';

const NOW = new Date('2027-01-02T10:30:00Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

let rows: Rows;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());

const call = (deploymentId: string, at: Date, outcome: 'OK' | 'TOOL_ERROR' | 'REFUSED' = 'OK') => ({
  deploymentId,
  at,
  method: 'tools/call',
  name: 'echo',
  outcome,
  failed: outcome !== 'OK',
  durationMs: 1,
  waitedMs: 0,
  bytesIn: 1,
  bytesOut: 1,
  era: 'legacy',
});

const tools = (count: number) => ({
  tools: Array.from({ length: count }, () => ({})),
  resources: [],
  prompts: [{}],
});

test('counts calls and failures of each hour for many deployments at once', async () => {
  const [busy, quiet] = await Promise.all([rows.addDeployment(), rows.addDeployment()]);
  const release = await rows.addRelease(busy.id, 1, { snapshot: tools(3), liveAt: ago(600) });
  await rows.setDeployment(busy.id, { currentReleaseId: release.id });
  await rows.prisma.call.createMany({
    data: [
      call(busy.id, ago(25 * 60)),
      call(busy.id, ago(90)),
      call(busy.id, ago(40), 'TOOL_ERROR'),
      call(busy.id, ago(5)),
      call(busy.id, ago(4), 'REFUSED'),
      call(busy.id, ago(3), 'TOOL_ERROR'),
    ],
  });
  const reader = createActivityReader({ prisma: rows.prisma, now: () => NOW });
  const [activity, nothing] = await Promise.all([reader.read(busy.id), reader.read(quiet.id)]);
  expect([activity.calls.length, activity.calls.slice(-2), activity.errors.slice(-2)]).toEqual([24, [2, 2], [1, 1]]);
  expect(activity).toMatchObject({
    callsLastHour: 3,
    lastCallAt: ago(3),
    lastSuccessAt: ago(5),
    offered: { tools: 3, others: 1 },
    workedBefore: false,
  });
  expect(nothing).toMatchObject({ callsLastHour: 0, lastCallAt: null, lastSuccessAt: null, offered: null });
});

test('knows from the daily counters that a release worked on a day that the log of calls has lost', async () => {
  const { id } = await rows.addDeployment();
  const release = await rows.addRelease(id, 1, { snapshot: tools(1), liveAt: new Date('2026-12-01T10:00:00Z') });
  await rows.setDeployment(id, { currentReleaseId: release.id });
  const count = (day: string, errors: number) => ({
    ...{ deploymentId: id, day: new Date(day), method: 'tools/call', tool: 'echo', status: 200, era: 'legacy' },
    ...{ caller: 'public', cold: false, calls: 2, errors, bytesIn: 0, bytesOut: 0, durationMs: 1, buckets: [] },
  });
  const reader = createActivityReader({ prisma: rows.prisma, now: () => NOW });
  await rows.prisma.usageRollup.createMany({ data: [count('2026-12-01', 0), count('2026-12-02', 2)] });
  expect((await reader.read(id)).workedBefore).toBe(false);
  await rows.prisma.usageRollup.create({ data: count('2026-12-03', 1) });
  expect((await reader.read(id)).workedBefore).toBe(true);
});

test('knows nothing of what a bundle offers, whose own snapshot is empty', async () => {
  const bundle = await rows.addDeployment();
  const release = await rows.addRelease(bundle.id, 1, { runtime: 'bundle', snapshot: tools(0), liveAt: ago(600) });
  await rows.setDeployment(bundle.id, { currentReleaseId: release.id });
  const reader = createActivityReader({ prisma: rows.prisma, now: () => NOW });
  expect((await reader.read(bundle.id)).offered).toBeNull();
});
