import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { kill } from '#server/domain/deployments/testing/killable.testing.ts';
import {
  INSTALLATION,
  openSimulation,
  type Simulation,
} from '#server/domain/deployments/testing/simulation.testing.ts';
import { LEAK_AGE_MS } from '#server/domain/deployments/upkeep/leaks.ts';

/** A simulation of its own: its clock skips ahead. */
let world: Simulation;
beforeAll(async () => {
  world = await openSimulation({ speed: 100 });
});
afterAll(() => world.close());

it('every worker sweeps machines without a row', async () => {
  await world.deploy(); // the sweep lists the apps of deployments
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

it('goes on checking after the clock was set back', async () => {
  const id = await world.deploy();
  const worker = world.startWorker();
  await world.when(id, ({ status, phase }) => status === 'RUNNING' && phase === null);
  const before = world.time.now();
  world.time.skip(-2 * 60 * 60_000);
  const isCheckedSince = ({ lastHealthyAt }: { lastHealthyAt: Date | null }) =>
    lastHealthyAt !== null && before.getTime() - lastHealthyAt.getTime() > 60 * 60_000;
  expect(await world.when(id, isCheckedSince)).toMatchObject({ status: 'RUNNING', healthFailures: 0 });
  kill(worker);
  expect(world.errors).toEqual([]);
});
