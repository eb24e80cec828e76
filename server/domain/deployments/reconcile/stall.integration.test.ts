import { afterAll, beforeAll, expect, it } from 'vitest';
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

const isRunning = ({ status, phase }: SimulatedRow): boolean => status === 'RUNNING' && phase === null;

it('a machine whose host stalls is restarted, and serves again', async () => {
  const id = await world.deploy();
  const before = await world.when(id, isRunning);
  const machineId = before.machines[0]?.machineId ?? '';
  world.local.chaos.stall(machineId);
  const isRestarted = ({ data }: { data: unknown }) => JSON.stringify(data ?? null).includes('"stalled"');
  const restarted = await world.when(id, ({ events }) => events.some(isRestarted));
  expect(restarted.events.find(isRestarted)).toMatchObject({
    status: 'UNHEALTHY',
    message: expect.stringContaining('Restarting the machine.'),
    data: { failure: { code: 'MACHINE_UNREACHABLE' } },
  });
  const after = await world.when(id, (row) => isRunning(row) && row.restartGeneration === null);
  expect(after.machines[0]?.machineId).toBe(machineId);
  expect(after).toMatchObject({ healthFailures: 0, failure: null });
});
