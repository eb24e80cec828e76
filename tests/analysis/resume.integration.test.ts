import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type AnalysisRig, actor, openAnalysisRig } from './analysis-service.testing.ts';

let rig: AnalysisRig;
beforeAll(async () => {
  rig = await openAnalysisRig();
});
afterAll(() => rig?.close());
beforeEach(() => rig.begin());
afterEach(() => rig.end());

test('resumes the analyses of a dead process at the next start', async () => {
  rig.npm.hang();
  const { id } = await rig.service.start(actor, { source: 'a-mcp', refresh: false });
  await vi.waitFor(() => expect(rig.npm.requests.length).toBeGreaterThan(0), { timeout: 60_000, interval: 10 });
  await rig.service.close();
  expect((await rig.rowOf(id)).status).toBe('RUNNING');

  await rig.replaceNpm();
  await rig.openService().resume();
  expect((await rig.ended(id)).status).toBe('DONE');
});

const leaveBehind = (tries: number) =>
  rig.database.prisma.analysis.create({
    data: {
      ownerId: actor.userId,
      source: 'a-mcp',
      normalizedSource: 'npm:a-mcp',
      createdAt: rig.now,
      expiresAt: rig.now,
      tries,
    },
  });

test('takes up an analysis that one process did not survive, and counts the try before the work', async () => {
  const { id } = await leaveBehind(1);
  await rig.service.resume();
  expect(await rig.ended(id)).toMatchObject({ status: 'DONE', tries: 2 });
});

test('ends an analysis that two processes did not survive, with a sentence and a hint', async () => {
  const { id } = await leaveBehind(2);
  await rig.service.resume();
  expect(await rig.ended(id)).toMatchObject({
    status: 'FAILED',
    tries: 2,
    failure: {
      code: 'ANALYSIS_FAILED',
      message: expect.stringContaining('stopped 2 times'),
      hint: expect.any(String),
      retryable: false,
    },
  });
});

test('an orderly shutdown does not count as a try', async () => {
  rig.npm.hang();
  const { id } = await rig.service.start(actor, { source: 'a-mcp', refresh: false });
  await vi.waitFor(async () => expect(await rig.rowOf(id)).toMatchObject({ tries: 1 }), {
    timeout: 60_000,
    interval: 10,
  });
  await rig.service.close();
  expect(await rig.rowOf(id)).toMatchObject({ status: 'RUNNING', tries: 0 });
});

test('a row that was left long ago is given up', async () => {
  const { id } = await rig.database.prisma.analysis.create({
    data: {
      ownerId: actor.userId,
      source: 'a-mcp',
      normalizedSource: 'npm:a-mcp',
      createdAt: new Date(0),
      expiresAt: rig.now,
    },
  });
  await rig.service.resume();
  expect(await rig.rowOf(id)).toMatchObject({ status: 'FAILED', failure: { code: 'ANALYSIS_FAILED' } });
});
