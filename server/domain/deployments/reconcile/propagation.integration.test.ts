import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { openSimulation, type SimulatedRow, type Simulation } from '../testing/simulation.testing.ts';

let world: Simulation;
beforeAll(async () => {
  world = await openSimulation();
  world.startWorker();
});
afterAll(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

const isSettled = ({ status, phase }: SimulatedRow): boolean => phase === null && status !== 'DEPLOYING';
const setbacksOf = ({ events }: SimulatedRow) =>
  events.filter(({ data }) => JSON.stringify(data ?? null).includes('setback'));

it('a machine that reads do not show right after its create is waited for, not created again', async () => {
  world.local.faults.add({
    match: { action: 'get', path: '/machines/' },
    times: 3,
    effect: { kind: 'answer', when: 'before', status: 404, body: { error: 'machine not found' } },
  });
  const row = await world.when(await world.deploy(), isSettled);
  expect(row.status).toBe('RUNNING');
  expect(setbacksOf(row)).toEqual([]);
  expect(row.machines).toHaveLength(1);
});

it('a deletion loses no machine that the API does not know yet', async () => {
  world.time.setSpeed(2); // the machine is younger than a minute all along
  const row = await world.when(await world.deploy(), isSettled);
  const body = { error: 'machine not found' };
  for (const action of ['delete', 'get'])
    world.local.faults.add({ match: { action }, effect: { kind: 'answer', when: 'before', status: 404, body } });
  await world.service.delete(world.actor, row.id);
  await world.whenGone(row.id);
  expect(await world.client.get(LOCAL_APP, row.machines[0]?.machineId ?? '')).toMatchObject({ state: 'destroyed' });
  world.time.setSpeed(30);
});

it('an image that is unknown right after its push is tried again', async () => {
  world.local.faults.add({
    match: { action: 'create' },
    times: 2,
    effect: {
      kind: 'answer',
      when: 'before',
      status: 400,
      body: { error: 'failed to get manifest: MANIFEST_UNKNOWN' },
    },
  });
  expect(await world.when(await world.deploy(), isSettled)).toMatchObject({ status: 'RUNNING', failure: null });
});
