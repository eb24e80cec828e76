import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { failureOf } from '../reconcile/failures.ts';
import { openSimulation, type Simulation } from '../testing/simulation.testing.ts';
import { claimDue, releaseLease, renewLease } from './lease.ts';
import { recordEvent, transition } from './transition.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
const LEASE_MS = 15_000;
const EVENTS_KEPT = 1_000;

/** No worker runs: these tests read the written rows. */
let world: Simulation;
let id: string;
beforeAll(async () => {
  world = await openSimulation();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.prisma.deployment.deleteMany();
  id = await world.deploy();
  await world.prisma.deployment.update({ where: { id }, data: { nextCheckAt: NOW } });
});

const read = () => world.prisma.deployment.findUniqueOrThrow({ where: { id } });

test('a due row belongs to one worker for 15 seconds, and to another one after that', async () => {
  expect(await claimDue(world.prisma, 10, later(-1))).toEqual([]);
  const [first] = await claimDue(world.prisma, 10, NOW);
  expect(first?.id).toBe(id);
  expect(await claimDue(world.prisma, 10, later(LEASE_MS - 1))).toEqual([]);
  const [second] = await claimDue(world.prisma, 10, later(LEASE_MS));
  expect([second?.id, second?.leaseOwner === first?.leaseOwner]).toEqual([id, false]);
});

test('a renewed lease lasts 15 seconds from then, and a lost one cannot be renewed', async () => {
  const [claim] = await claimDue(world.prisma, 10, NOW);
  expect(await renewLease(world.prisma, id, claim?.leaseOwner ?? '', later(5_000))).toBe(true);
  expect((await read()).leaseUntil).toEqual(later(5_000 + LEASE_MS));
  expect(await renewLease(world.prisma, id, 'another', NOW)).toBe(false);
});

test('claims no more rows than it asks for, the ones that are due for longest first', async () => {
  const second = await world.deploy();
  await world.prisma.deployment.update({ where: { id: second }, data: { nextCheckAt: later(-1) } });
  expect((await claimDue(world.prisma, 1, NOW)).map((claim) => claim.id)).toEqual([second]);
});

test('a row is given back with its next time, except after a newer intent, and by its holder only', async () => {
  const { generation } = await read();
  const [claim] = await claimDue(world.prisma, 10, NOW);
  await releaseLease(world.prisma, id, 'another', generation, later(1));
  expect((await read()).leaseOwner).toBe(claim?.leaseOwner);
  await releaseLease(world.prisma, id, claim?.leaseOwner ?? '', generation, later(60_000));
  expect(await read()).toMatchObject({ leaseOwner: null, leaseUntil: null, nextCheckAt: later(60_000) });
  const [again] = await claimDue(world.prisma, 10, later(60_000));
  await releaseLease(world.prisma, id, again?.leaseOwner ?? '', generation - 1, null);
  expect(await read()).toMatchObject({ leaseOwner: null, nextCheckAt: later(60_000) });
});

test('a worker writes only the row that it has seen', async () => {
  const row = await world.prisma.deployment.update({ where: { id }, data: { leaseOwner: 'me', attempts: 3 } });
  const write = (guard: object, to: object = {}) =>
    world.database.transaction((tx) =>
      transition(
        tx,
        world.events,
        row,
        { message: 'm', ...to },
        { generation: row.generation, leaseOwner: 'me', ...guard },
        NOW,
      ),
    );
  const events = () => world.prisma.deploymentEvent.count({ where: { deploymentId: id } });
  const before = await events();
  expect(await write({ generation: row.generation + 1 })).toBe(false);
  expect(await write({ leaseOwner: 'another' })).toBe(false);
  expect(await events()).toBe(before);
  expect(await write({})).toBe(true);
  expect([await events(), (await read()).attempts]).toEqual([before + 1, 3]);
  const { phaseSince } = await read();
  expect(await write({}, { phase: 'INSTALLING' })).toBe(true);
  expect(await read()).toMatchObject({ phase: 'INSTALLING', phaseSince: NOW, attempts: 0, status: row.status });
  expect(phaseSince).not.toEqual(NOW);
});

test('each write notifies those who watch the deployment, and those who watch the list of its owner', async () => {
  const row = await world.prisma.deployment.update({ where: { id }, data: { leaseOwner: 'me' } });
  const guard = { generation: row.generation, leaseOwner: 'me' };
  const published: string[] = [];
  const events = {
    ...world.events,
    publish: async (_tx: unknown, topic: string, of: string) => void published.push(`${topic} ${of}`),
  };
  await world.database.transaction((tx) => transition(tx, events, row, { message: 'm' }, guard, NOW));
  expect(published).toEqual([`deployment ${id}`, `deployments ${row.ownerId}`]);
});

test('a change of the status is audited, and another write is not', async () => {
  const row = await world.prisma.deployment.update({ where: { id }, data: { leaseOwner: 'me' } });
  const guard = { generation: row.generation, leaseOwner: 'me' };
  const audits = async () =>
    (await world.prisma.auditEvent.findMany({ where: { deploymentId: id, type: 'deployment.status' } })).map(
      ({ data }) => data,
    );
  const failure = failureOf('INTERNAL', null, null, NOW);
  await world.database.transaction((tx) =>
    transition(tx, world.events, row, { phase: 'INSTALLING', message: 'm' }, guard, NOW),
  );
  expect(await audits()).toEqual([]);
  await world.database.transaction((tx) =>
    transition(tx, world.events, row, { status: 'FAILED', failure, message: 'm' }, guard, NOW),
  );
  expect(await audits()).toEqual([{ from: 'DEPLOYING', to: 'FAILED', code: 'INTERNAL' }]);
  expect((await read()).failure).toMatchObject({ code: 'INTERNAL' });
  await world.database.transaction((tx) =>
    transition(tx, world.events, { ...row, status: 'FAILED' }, { failure: null, message: 'm' }, guard, NOW),
  );
  expect((await read()).failure).toBeNull();
});

test('the newest thousand events of a deployment are kept', async () => {
  await world.prisma.deploymentEvent.deleteMany({ where: { deploymentId: id } });
  const data = Array.from({ length: EVENTS_KEPT }, (_, index) => ({
    deploymentId: id,
    status: 'RUNNING' as const,
    message: String(index),
  }));
  await world.prisma.deploymentEvent.createMany({ data });
  const add = () =>
    world.database.transaction((tx) =>
      recordEvent(tx, world.events, { id, ownerId: 'u1' }, { status: 'RUNNING', phase: null, message: 'new' }, NOW),
    );
  await add();
  const messages = (
    await world.prisma.deploymentEvent.findMany({ where: { deploymentId: id }, orderBy: { id: 'asc' } })
  ).map(({ message }) => message);
  expect([messages.length, messages[0], messages.at(-1)]).toEqual([EVENTS_KEPT, '1', 'new']);
});
