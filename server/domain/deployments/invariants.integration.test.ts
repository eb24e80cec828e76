import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { kill } from './mortal.testing.ts';
import { openSimulation, type Simulation } from './simulation.testing.ts';

let world: Simulation;
beforeAll(async () => {
  world = await openSimulation();
});
afterEach(async () => {
  world.local.faults.clear();
  for (const life of [...world.workers.keys()]) kill(life);
  expect(world.errors).toEqual([]);
});
afterAll(() => world.close());

describe('1: the row exists before the machine', () => {
  it('a machine whose create was never answered is adopted, not made twice', async () => {
    world.local.faults.add({ match: { action: 'create' }, effect: { kind: 'reset', when: 'after' } });
    world.startWorker();
    const id = await world.deploy();
    const row = await world.when(id, ({ status }) => status === 'RUNNING');
    expect(row.machines).toHaveLength(1);
    expect((await world.listed()).map((machine) => machine.id)).toEqual([row.machines[0]?.machineId]);
    await world.service.delete(world.actor, id);
    await world.whenGone(id);
  });
});
