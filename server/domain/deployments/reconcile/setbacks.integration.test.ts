import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment, Prisma, Release } from '#prisma/generated/client/client.ts';
import type { Setback } from '../rows/setback.ts';
import { transition } from '../rows/transition.ts';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { explainSetback, reportDown, reportStuck, setBack } from './setbacks.ts';
import type { Step } from './step.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const MINUTE_MS = 60_000;
const ago = (milliseconds: number) => new Date(NOW.getTime() - milliseconds);
const LOST: Setback = { kind: 'lost' };
const ended = (exit: Partial<Extract<Setback, { kind: 'ended' }>['exit'] & object> | null = null): Setback => ({
  kind: 'ended',
  exit: exit && { code: null, oom: false, restarts: 0, at: null, ...exit },
});

let rows: Rows;
let deployment: Deployment;
let release: Release;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());
beforeEach(async () => {
  const { id } = await rows.addDeployment({ phase: 'INSTALLING', phaseSince: ago(5_000), leaseOwner: 'me' });
  release = await rows.addRelease(id, 1);
  deployment = await rows.setDeployment(id, { targetReleaseId: release.id });
});

const stepOf = (leaseOwner = 'me'): Step => {
  const deps = { prisma: rows.prisma, database: rows.database, events: rows.events, now: () => NOW };
  const guard = { generation: deployment.generation, leaseOwner };
  const write: Step['write'] = (to) =>
    rows.inTransaction((tx) => transition(tx, rows.events, deployment, to, guard, NOW));
  const parts = { deps, view: rows.viewOf(deployment, release), guard, write };
  return parts as unknown as Step; // no machine is called
};

/** Events of the past, the oldest first. */
const past = async (...entries: { setback?: string; at?: Date; status?: Deployment['status']; phase?: null }[]) => {
  for (const { setback, at = ago(MINUTE_MS), status = 'DEPLOYING', phase = null } of entries)
    await rows.prisma.deploymentEvent.create({
      data: {
        deploymentId: deployment.id,
        at,
        status,
        phase: status === 'DEPLOYING' ? 'INSTALLING' : phase,
        message: 'm',
        ...(setback ? { data: { setback } satisfies Prisma.InputJsonObject } : {}),
      },
    });
};
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
const read = () => rows.deploymentOf(deployment.id);
const lastEvent = async () => (await rows.eventsOf(deployment.id)).at(-1);

describe('a machine that is lost on the way', () => {
  test('is replaced, with a sentence and the time of the phase that it cost', async () => {
    expect(await setBack(stepOf(), LOST, 'CREATING_MACHINE')).toEqual({ kind: 'again' });
    expect(await read()).toMatchObject({ status: 'DEPLOYING', phase: 'CREATING_MACHINE', phaseSince: NOW });
    expect(await lastEvent()).toMatchObject({
      message: 'The machine no longer exists. Creating a new one.',
      data: { setback: 'lost', failure: { code: 'MACHINE_LOST', retryable: true } },
    });
    expect((await rows.releaseOf(release.id)).timings).toEqual({ INSTALLING: 5_000 });
  });

  test('fails its release the fifth time, and not before', async () => {
    await past(...times(3, { setback: 'lost' }));
    await setBack(stepOf(), LOST, 'CREATING_MACHINE');
    expect((await read()).status).toBe('DEPLOYING');
    deployment = await read();
    expect(await setBack(stepOf(), LOST, 'CREATING_MACHINE')).toEqual({ kind: 'again' });
    expect(await read()).toMatchObject({
      status: 'FAILED',
      failure: { code: 'MACHINE_LOST', message: 'The machine was lost 5 times before its server answered.' },
    });
  });

  test.each([
    ['it served', { status: 'RUNNING', phase: null }],
    ['it failed', { status: 'FAILED' }],
  ] as const)('counts since %s, and no other setbacks', async (_, settled) => {
    await past(...times(4, { setback: 'lost' }), settled, ...times(3, { setback: 'lost' }));
    await past(...times(4, { setback: 'ended' }));
    await setBack(stepOf(), LOST, 'CREATING_MACHINE');
    expect((await read()).status).toBe('DEPLOYING');
  });

  test('is left to the worker that holds the row', async () => {
    expect(await setBack(stepOf('another'), LOST, 'CREATING_MACHINE')).toEqual({ kind: 'superseded' });
    await past(...times(4, { setback: 'lost' }));
    expect(await setBack(stepOf('another'), LOST, 'CREATING_MACHINE')).toEqual({ kind: 'superseded' });
    expect((await read()).phase).toBe('INSTALLING');
  });
});

describe('a machine that ended by itself', () => {
  test('is started again', async () => {
    expect(await setBack(stepOf(), ended({ code: 3 }), 'STARTING_MACHINE')).toEqual({ kind: 'again' });
    expect(await lastEvent()).toMatchObject({
      phase: 'STARTING_MACHINE',
      message: 'The machine ended by itself with exit code 3. Starting it again.',
      data: { setback: 'ended' },
    });
  });

  test('is a crash loop the fifth time within ten minutes, which its owner can retry', async () => {
    await past(...times(4, { setback: 'ended', at: ago(10 * MINUTE_MS) }));
    await setBack(stepOf(), ended(), 'STARTING_MACHINE');
    expect((await read()).status).toBe('DEPLOYING');
    deployment = await read();
    await past(...times(3, { setback: 'ended', at: ago(10 * MINUTE_MS - 1) }));
    await setBack(stepOf(), ended({ code: 3 }), 'STARTING_MACHINE');
    expect(await read()).toMatchObject({
      status: 'FAILED',
      failure: {
        code: 'CRASH_LOOP',
        message: 'The machine ended 5 times within 10 minutes. The machine ended by itself with exit code 3.',
        retryable: true,
      },
    });
  });

  test('counts since the last failure, and whether the deployment served in between or not', async () => {
    await past(...times(4, { setback: 'ended' }), { status: 'RUNNING', phase: null });
    await setBack(stepOf(), ended(), 'STARTING_MACHINE');
    expect((await read()).status).toBe('FAILED');
    deployment = await rows.setDeployment(deployment.id, {
      status: 'DEPLOYING',
      phase: 'INSTALLING',
      leaseOwner: 'me',
    });
    await past({ status: 'FAILED' }, ...times(3, { setback: 'ended' }), ...times(4, { setback: 'lost' }));
    await setBack(stepOf(), ended(), 'STARTING_MACHINE');
    expect((await read()).status).toBe('DEPLOYING');
  });

  test('says that it ran out of memory, each time and in the end', async () => {
    await setBack(stepOf(), ended({ code: 137, oom: true }), 'STARTING_MACHINE');
    expect(await lastEvent()).toMatchObject({ data: { failure: { code: 'OUT_OF_MEMORY' } } });
    deployment = await read();
    await past(...times(3, { setback: 'ended' }));
    await setBack(stepOf(), ended({ code: 137, oom: true }), 'STARTING_MACHINE');
    expect(await read()).toMatchObject({
      status: 'FAILED',
      failure: { code: 'OUT_OF_MEMORY', message: 'The machine ran out of memory 5 times within 10 minutes.' },
    });
  });
});

test.each([
  [LOST, 'MACHINE_LOST', 'The machine no longer exists.'],
  [ended(), 'MACHINE_LOST', 'The machine stopped by itself.'],
  [ended({}), 'MACHINE_LOST', 'The machine stopped by itself.'],
  [ended({ code: 0 }), 'MACHINE_LOST', 'The machine ended by itself with exit code 0.'],
  [ended({ oom: true }), 'OUT_OF_MEMORY', 'The server needs more memory than its machine has.'],
])('explains the setback %j', (setback, code, message) => {
  expect(explainSetback(stepOf(), setback)).toMatchObject({ code, message });
});

test('a serving machine that is down while the next release comes up is reported', async () => {
  deployment = await rows.setDeployment(deployment.id, { status: 'RUNNING' });
  expect(await reportDown(stepOf('another'), LOST)).toEqual({ kind: 'superseded' });
  expect(await reportDown(stepOf(), LOST)).toEqual({ kind: 'again' });
  expect(await read()).toMatchObject({ status: 'UNHEALTHY', failure: { code: 'MACHINE_LOST' }, phase: 'INSTALLING' });
  expect(await lastEvent()).toMatchObject({
    message: 'The machine no longer exists. The next release is on its way.',
    data: { setback: 'lost' },
  });
});

test.each([
  ['DELETED', 'Deletion is stuck: no answer'],
  ['STOPPED', 'The change is stuck: no answer'],
] as const)('tells the owner why a change to %s makes no progress', async (desired, message) => {
  deployment = await rows.setDeployment(deployment.id, { desired });
  await reportStuck(stepOf().deps, deployment, 'me', 'no answer');
  expect(await lastEvent()).toMatchObject({
    message,
    data: { setback: 'held-up', failure: { code: 'FLY_UNAVAILABLE', message: 'no answer', retryable: true } },
  });
  expect(await read()).toMatchObject({ status: 'DEPLOYING', phase: 'INSTALLING' });
});

test('reports no release on its way as stuck, and nothing of a row that another worker holds', async () => {
  await reportStuck(stepOf().deps, deployment, 'me', 'no answer');
  deployment = await rows.setDeployment(deployment.id, { desired: 'STOPPED' });
  await reportStuck(stepOf().deps, deployment, 'another', 'no answer');
  expect(await lastEvent()).toBeUndefined();
});
