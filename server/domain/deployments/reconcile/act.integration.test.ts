import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment, Release } from '#prisma/generated/client/client.ts';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { act } from './act.ts';
import type { Decision } from './decision.ts';
import type { Fleet } from './fleet.ts';
import type { ActDeps } from './step.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const ago = (milliseconds: number) => new Date(NOW.getTime() - milliseconds);

let rows: Rows;
let deployment: Deployment;
let release: Release;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());
beforeEach(async () => {
  const { id } = await rows.addDeployment({ phase: 'QUEUED', phaseSince: ago(5_000), leaseOwner: 'me' });
  release = await rows.addRelease(id, 1);
  deployment = await rows.setDeployment(id, { targetReleaseId: release.id });
  rows.published.length = 0;
});

/** Carries a decision out as the worker that holds the row, or as one that lost it. */
const carryOut = (decision: Decision, leaseOwner = 'me') => {
  const parts = { prisma: rows.prisma, database: rows.database, events: rows.events, now: () => NOW };
  const deps = parts as unknown as ActDeps; // what these decisions use
  const fleet = { app: 'app', kept: null } as unknown as Fleet; // no machine is called
  const guard = { generation: deployment.generation, leaseOwner };
  return act(deps, rows.viewOf(deployment, release), decision, fleet, guard, new AbortController().signal);
};
const read = () => rows.prisma.deployment.findUnique({ where: { id: deployment.id } });

describe('the end of a deletion', () => {
  test('removes the row, and notifies those who watch it, the list of its owner, and the endpoint', async () => {
    expect((await carryOut({ kind: 'finish-delete' })).kind).not.toBe('superseded');
    expect(await read()).toBeNull();
    const { id, ownerId } = deployment;
    expect(rows.published).toEqual([`deployment ${id}`, `deployments ${ownerId}`, `access ${id}`]);
    const audits = await rows.prisma.auditEvent.findMany({ where: { deploymentId: id } });
    expect(audits.map(({ data }) => data)).toEqual([{ from: 'DEPLOYING', to: 'DELETED' }]);
  });

  test('leaves the row while it has a machine, and to a worker that holds it', async () => {
    expect(await carryOut({ kind: 'finish-delete' }, 'another')).toEqual({ kind: 'superseded' });
    await rows.addMachine(release);
    expect(await carryOut({ kind: 'finish-delete' })).toEqual({ kind: 'superseded' });
    expect(await read()).not.toBeNull();
    expect(rows.published).toEqual([]);
  });
});

test('a phase begins with a sentence, and the time of the one before it is kept', async () => {
  expect(await carryOut({ kind: 'enter-phase', phase: 'CREATING_MACHINE' })).toEqual({ kind: 'again' });
  expect(await read()).toMatchObject({ phase: 'CREATING_MACHINE', phaseSince: NOW, status: 'DEPLOYING' });
  expect((await rows.eventsOf(deployment.id)).at(-1)?.message).toBe('Creating the machine.');
  expect((await rows.releaseOf(release.id)).timings).toEqual({ QUEUED: 5_000 });
});

test('a machine whose hardware is away is left behind, and its release moves to another name', async () => {
  const machine = await rows.addMachine(release, {
    machineId: 'm1',
    address: 'http://127.0.0.1:1',
    drainingAt: ago(1),
  });
  expect(await carryOut({ kind: 'abandon-machine', machine })).toEqual({ kind: 'again' });
  expect(await rows.machineOf(machine.id)).toMatchObject({
    abandonedAt: NOW,
    destroyAt: NOW,
    drainingAt: null,
    address: null,
  });
  const machines = await rows.prisma.machine.findMany({ where: { deploymentId: deployment.id, abandonedAt: null } });
  expect(machines).toMatchObject([{ releaseId: release.id, app: 'app', machineId: null }]);
  expect(machines[0]?.name).not.toBe(machine.name);
  expect(await read()).toMatchObject({ phase: 'CREATING_MACHINE', attempts: 0 });
  expect((await rows.releaseOf(release.id)).timings).toEqual({ QUEUED: 5_000 });
});

test('a stop that is complete clears the failure', async () => {
  await rows.setDeployment(deployment.id, { healthFailures: 2 });
  expect(await carryOut({ kind: 'finish-stop' })).toEqual({ kind: 'again' });
  expect(await read()).toMatchObject({
    status: 'STOPPED',
    phase: null,
    failure: null,
    healthFailures: 0,
    observedGeneration: deployment.generation,
  });
});

test('a stop of a deployment that failed keeps the reason', async () => {
  const failure = { code: 'NO_BIN', message: 'Why.', hint: null, retryable: false, occurredAt: '', stderrTail: [] };
  deployment = await rows.setDeployment(deployment.id, { status: 'FAILED', phase: null, failure });
  expect(await carryOut({ kind: 'finish-stop' })).toEqual({ kind: 'again' });
  expect(await read()).toMatchObject({ status: 'STOPPED', failure: { code: 'NO_BIN', message: 'Why.' } });
});

test.each([
  ['me', 'again', 'FAILED'],
  ['another', 'superseded', 'DEPLOYING'],
])('a release fails for the worker that holds the row: %s', async (leaseOwner, kind, status) => {
  const decision = { kind: 'fail-release', machine: null, code: 'INTERNAL', detail: 'Why.', host: null } as const;
  expect(await carryOut(decision, leaseOwner)).toEqual({ kind });
  expect((await read())?.status).toBe(status);
});
