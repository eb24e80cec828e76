import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { kill } from '#server/domain/deployments/testing/mortal.testing.ts';
import {
  INSTALLATION,
  openSimulation,
  type Simulation,
} from '#server/domain/deployments/testing/simulation.testing.ts';
import { LEAK_AGE_MS } from '#server/domain/deployments/upkeep/leaks.ts';

/** A world of its own: its clock skips ahead, which must not upset anybody else's deployments. */
let world: Simulation;
beforeAll(async () => {
  world = await openSimulation({ speed: 100 });
});
afterAll(() => world.close());

it('every worker sweeps by itself', async () => {
  await world.deploy(); // it sweeps where somebody has deployments
  for (const name of ['cw-leaked', 'cw-leaked-too']) {
    const worker = world.startWorker();
    const config = world.standIn({ catwalk_installation: INSTALLATION });
    const leaked = await world.client.create(LOCAL_APP, { name, config });
    world.time.skip(LEAK_AGE_MS);
    await world.absent(leaked.id);
    kill(worker);
  }
  expect(world.errors).toEqual([]);
});
