import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment, Release } from '#prisma/generated/client/client.ts';
import type { Snapshot } from '../rows/snapshot.ts';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { failureOf } from './failures.ts';
import { failRelease, goLive, recordTiming } from './roll-out.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const ago = (milliseconds: number) => new Date(NOW.getTime() - milliseconds);
const TOOL = { name: 'echo', title: null, description: null, inputSchema: {}, outputSchema: null, annotations: null };
const SNAPSHOT: Snapshot = {
  serverInfo: null,
  protocolVersion: '2025-11-25',
  era: 'legacy',
  capabilities: {},
  instructions: null,
  tools: [TOOL],
  resources: [],
  prompts: [],
  notes: [],
};

let rows: Rows;
let deployment: Deployment;
let first: Release;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());
beforeEach(async () => {
  const { id } = await rows.addDeployment({ phase: 'HANDSHAKE', phaseSince: ago(5_000), leaseOwner: 'me' });
  first = await rows.addRelease(id, 1);
  deployment = await rows.setDeployment(id, { targetReleaseId: first.id });
});

const deps = () => ({ prisma: rows.prisma, database: rows.database, events: rows.events, now: () => NOW });
const guard = () => ({ generation: deployment.generation, leaseOwner: 'me' });
const read = () => rows.deploymentOf(deployment.id);
const lastMessage = async () => (await rows.eventsOf(deployment.id)).at(-1)?.message;

/** The first release serves, and the second one is on its way. */
async function replacing(columns: Parameters<Rows['setDeployment']>[1] = {}): Promise<Release> {
  await rows.prisma.release.update({ where: { id: first.id }, data: { liveAt: ago(60_000) } });
  const second = await rows.addRelease(deployment.id, 2);
  const ids = { currentReleaseId: first.id, targetReleaseId: second.id };
  deployment = await rows.setDeployment(deployment.id, { status: 'RUNNING', ...ids, ...columns });
  return second;
}

describe('a release that goes live', () => {
  test('becomes the current one, and ends the trouble of its deployment', async () => {
    const failure = failureOf('INTERNAL', null, null, NOW);
    deployment = await rows.setDeployment(deployment.id, {
      failure,
      healthFailures: 2,
      restartGeneration: 1,
      wakeAskedAt: ago(1_000),
    });
    const machine = await rows.addMachine(first, { drainingAt: ago(1_000) });
    expect(await goLive(deps(), rows.viewOf(deployment, first), machine, SNAPSHOT, guard())).toBe(true);
    expect(await read()).toMatchObject({
      status: 'RUNNING',
      phase: null,
      failure: null,
      currentReleaseId: first.id,
      observedGeneration: deployment.generation,
      healthFailures: 0,
      lastHealthyAt: NOW,
      restartGeneration: null,
      wakeAskedAt: null,
      lastWokenAt: null,
      lastWakeMs: null,
    });
    expect(await rows.releaseOf(first.id)).toMatchObject({ snapshot: SNAPSHOT, liveAt: NOW, retiredAt: null });
    expect((await rows.machineOf(machine.id)).drainingAt).toBeNull();
    expect(await lastMessage()).toBe('Running, with 1 tool.');
  });

  test('says how many tools it has, and what is missing from their list', async () => {
    const machine = await rows.addMachine(first);
    const snapshot = { ...SNAPSHOT, tools: [], notes: ['Its prompts could not be read.'] };
    await goLive(deps(), rows.viewOf(deployment, first), machine, snapshot, guard());
    expect(await lastMessage()).toBe('Running, with 0 tools. Its prompts could not be read.');
  });

  test('retires the former release, whose machines keep their sessions from now on', async () => {
    const serving = await rows.addMachine(first);
    const draining = await rows.addMachine(first, { name: 'draining', drainingAt: ago(9_000) });
    const abandoned = await rows.addMachine(first, { name: 'abandoned', abandonedAt: ago(9_000) });
    const second = await replacing();
    const machine = await rows.addMachine(second);
    expect(await goLive(deps(), rows.viewOf(deployment, second), machine, SNAPSHOT, guard())).toBe(true);
    expect((await rows.releaseOf(first.id)).retiredAt).toEqual(NOW);
    const drainingSince = [serving, draining, abandoned, machine].map(
      async ({ id }) => (await rows.machineOf(id)).drainingAt,
    );
    expect(await Promise.all(drainingSince)).toEqual([NOW, ago(9_000), null, null]);
  });

  test('again keeps the time when it went live first, and retires nothing', async () => {
    await rows.prisma.release.update({ where: { id: first.id }, data: { liveAt: ago(60_000), retiredAt: ago(1) } });
    first = await rows.releaseOf(first.id);
    deployment = await rows.setDeployment(deployment.id, { currentReleaseId: first.id });
    const machine = await rows.addMachine(first);
    await goLive(deps(), rows.viewOf(deployment, first), machine, SNAPSHOT, guard());
    expect(await rows.releaseOf(first.id)).toMatchObject({ liveAt: ago(60_000), retiredAt: null });
    expect((await rows.machineOf(machine.id)).drainingAt).toBeNull();
  });

  test('from sleep keeps how long it took since the request, and not since an earlier one', async () => {
    const { id: deploymentId } = deployment;
    const data = { deploymentId, message: 'm', status: 'ASLEEP' } as const;
    await rows.prisma.deploymentEvent.create({ data: { ...data, phase: 'QUEUED', at: ago(90_000) } });
    await rows.prisma.deploymentEvent.create({ data: { ...data, phase: null, at: ago(80_000) } });
    await rows.prisma.deploymentEvent.create({ data: { ...data, phase: 'QUEUED', at: ago(2_300) } });
    await rows.prisma.deploymentEvent.create({ data: { ...data, phase: 'HANDSHAKE', at: ago(100) } });
    deployment = await rows.setDeployment(deploymentId, { status: 'ASLEEP', currentReleaseId: first.id });
    const machine = await rows.addMachine(first);
    await goLive(deps(), rows.viewOf(deployment, first), machine, SNAPSHOT, guard());
    expect(await read()).toMatchObject({ status: 'RUNNING', lastWokenAt: NOW, lastWakeMs: 2_300 });
    const event = (await rows.eventsOf(deploymentId)).at(-1);
    expect(event).toMatchObject({ data: { wakeMs: 2_300 }, releaseId: first.id });
    expect(event?.message).toMatch(/^Awake after 2\.3 s, by a cold start.* 1 tool\.$/);
  });

  test('writes nothing for a worker that lost the row, or without a target', async () => {
    const machine = await rows.addMachine(first, { drainingAt: ago(1) });
    const late = { ...guard(), generation: deployment.generation - 1 };
    expect(await goLive(deps(), rows.viewOf(deployment, first), machine, SNAPSHOT, late)).toBe(false);
    expect(await goLive(deps(), rows.viewOf(deployment, null), machine, SNAPSHOT, guard())).toBe(false);
    expect((await rows.releaseOf(first.id)).liveAt).toBeNull();
    expect((await rows.machineOf(machine.id)).drainingAt).toEqual(ago(1));
    expect(await read()).toMatchObject({ status: 'DEPLOYING', currentReleaseId: null });
  });
});

describe('a release that is given up', () => {
  const FAILURE = failureOf('EXITED_AT_START', null, null, NOW);

  test('makes its deployment FAILED when no other release serves', async () => {
    expect(await failRelease(deps(), rows.viewOf(deployment, first), FAILURE, guard())).toBe(true);
    expect(await read()).toMatchObject({
      status: 'FAILED',
      phase: null,
      failure: { code: 'EXITED_AT_START' },
      targetReleaseId: first.id,
      observedGeneration: deployment.generation,
    });
    expect((await rows.releaseOf(first.id)).failure).toMatchObject({ code: 'EXITED_AT_START' });
    expect((await rows.eventsOf(deployment.id)).at(-1)).toMatchObject({
      message: FAILURE.message,
      releaseId: first.id,
    });
  });

  test('leaves the release that serves, and keeps the failure for its owner', async () => {
    const second = await replacing();
    expect(await failRelease(deps(), rows.viewOf(deployment, second), FAILURE, guard())).toBe(true);
    expect(await read()).toMatchObject({
      status: 'RUNNING',
      phase: null,
      failure: { code: 'EXITED_AT_START' },
      currentReleaseId: first.id,
      targetReleaseId: first.id,
      observedGeneration: deployment.generation,
    });
    expect((await rows.eventsOf(deployment.id)).at(-1)).toMatchObject({
      message: `Release 2 failed: ${FAILURE.message} The previous one still serves.`,
      releaseId: second.id,
    });
  });

  test('does not hide why the serving release does not respond', async () => {
    const failure = failureOf('MACHINE_UNREACHABLE', null, null, NOW);
    const second = await replacing({ status: 'UNHEALTHY', failure });
    await failRelease(deps(), rows.viewOf(deployment, second), FAILURE, guard());
    expect(await read()).toMatchObject({ status: 'UNHEALTHY', failure: { code: 'MACHINE_UNREACHABLE' } });
    const event = (await rows.eventsOf(deployment.id)).at(-1);
    expect(event?.data).toMatchObject({ failure: { code: 'EXITED_AT_START' } });
  });

  test('teaches the form which variable is missing', async () => {
    const needs = [[{ kind: 'variable', name: 'WEATHER_KEY' } as const]];
    await failRelease(deps(), rows.viewOf(deployment, first), { ...FAILURE, needs }, guard());
    const { fields } = await read();
    expect(fields).toMatchObject({ credentials: [{ name: 'WEATHER_KEY', required: true }] });
  });

  test('keeps the form where nothing is missing', async () => {
    const fields = { credentials: [], arguments: [], fixedArguments: ['--stdio'] };
    deployment = await rows.setDeployment(deployment.id, { fields });
    await failRelease(deps(), rows.viewOf(deployment, first), FAILURE, guard());
    expect((await read()).fields).toEqual(fields);
  });

  test('is not written by a worker that lost the row', async () => {
    const other = { ...guard(), leaseOwner: 'another' };
    expect(await failRelease(deps(), rows.viewOf(deployment, first), FAILURE, other)).toBe(false);
    expect((await rows.releaseOf(first.id)).failure).toBeNull();
    expect((await read()).status).toBe('DEPLOYING');
  });
});

describe('the times of the phases', () => {
  const timings = async () => (await rows.releaseOf(first.id)).timings;
  const record = (phase: Deployment['phase'], since: Date | null) =>
    recordTiming(deps(), { ...deployment, phase, phaseSince: since }, first.id);

  test('are added up per release, from the first phase of its latest attempt', async () => {
    await record('INSTALLING', ago(400));
    await record('QUEUED', ago(20));
    await record('INSTALLING', ago(1_500));
    expect(await timings()).toEqual({ QUEUED: 20, INSTALLING: 1_500 });
  });

  test('are never negative, and stay as they are once the release is live', async () => {
    await record('QUEUED', ago(-50));
    await record(null, ago(10));
    await record('INSTALLING', null);
    expect(await timings()).toEqual({ QUEUED: 0 });
    await rows.prisma.release.update({ where: { id: first.id }, data: { liveAt: NOW } });
    await record('INSTALLING', ago(10));
    expect(await timings()).toEqual({ QUEUED: 0 });
  });
});
