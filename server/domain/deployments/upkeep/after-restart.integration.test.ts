import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { forgetLocalMachines } from './after-restart.ts';
import { readKnown } from './leaks.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const LATER = new Date('2027-01-01T01:00:00Z');
const MACHINE = { machineId: 'm1', state: 'started', address: 'http://127.0.0.1:1', instanceId: 'i1', logCursor: '7' };

let rows: Rows;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());
beforeEach(async () => {
  await rows.prisma.deployment.deleteMany();
  rows.published.length = 0;
});

const restart = () => forgetLocalMachines({ database: rows.database, events: rows.events, now: () => NOW });

describe('after a restart of the server', () => {
  test('no row names a machine, because local machines ended with the server', async () => {
    const deployment = await rows.addDeployment();
    const machine = await rows.addMachine(await rows.addRelease(deployment.id, 1), MACHINE);
    await restart();
    expect(await rows.machineOf(machine.id)).toMatchObject({
      machineId: null,
      state: null,
      address: null,
      instanceId: null,
      logCursor: null,
    });
  });

  test.each(['RUNNING', 'UNHEALTHY', 'ASLEEP', 'DEPLOYING'] as const)(
    'a deployment that was %s starts again from the first phase',
    async (status) => {
      const { id } = await rows.addDeployment({ status, healthFailures: 2, attempts: 3, nextCheckAt: LATER });
      await restart();
      const state = { status: 'DEPLOYING', phase: 'QUEUED' };
      expect(await rows.deploymentOf(id)).toMatchObject({
        ...state,
        phaseSince: NOW,
        attempts: 0,
        healthFailures: 0,
        nextCheckAt: NOW,
      });
      expect(await rows.eventsOf(id)).toMatchObject([
        { ...state, at: NOW, message: 'Catwalk was restarted. Starting the server again.' },
      ]);
      expect(rows.published).toEqual([`deployment ${id}`, `deployments ${rows.owner}`]);
    },
  );

  test.each([
    ['STOPPED', 'STOPPED'],
    ['FAILED', 'RUNNING'],
    ['RUNNING', 'STOPPED'],
  ] as const)('a deployment that was %s and wanted %s keeps its status', async (status, desired) => {
    const { id } = await rows.addDeployment({ status, desired });
    await restart();
    expect(await rows.deploymentOf(id)).toMatchObject({ status, phase: null });
    expect(await rows.eventsOf(id)).toEqual([]);
  });

  test('leases of the ended process hold nothing up, and rows that rest go on resting', async () => {
    const lease = { leaseOwner: 'ended', leaseUntil: LATER };
    const due = await rows.addDeployment({ status: 'STOPPED', desired: 'STOPPED', nextCheckAt: LATER, ...lease });
    const resting = await rows.addDeployment({ status: 'STOPPED', desired: 'STOPPED', nextCheckAt: null });
    const deleted = await rows.addDeployment({ status: 'DELETING', desired: 'DELETED', nextCheckAt: null, ...lease });
    await restart();
    const free = { leaseOwner: null, leaseUntil: null, nextCheckAt: NOW };
    expect(await rows.deploymentOf(due.id)).toMatchObject(free);
    expect(await rows.deploymentOf(deleted.id)).toMatchObject(free);
    expect((await rows.deploymentOf(resting.id)).nextCheckAt).toBeNull();
  });
});

test('machines are known by their id, and by their name only until they have one', async () => {
  const { id } = await rows.addDeployment();
  await rows.addMachine(await rows.addRelease(id, 1), { name: 'has-id', machineId: 'm1' });
  await rows.addMachine(await rows.addRelease(id, 2), { name: 'awaited' });
  expect(await readKnown(rows.prisma)).toEqual({ machineIds: new Set(['m1']), awaitedNames: new Set(['awaited']) });
});
