/** A machine whose hardware is lost: its release moves to a new machine, and the old one goes when its hardware is back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { openSimulation, type SimulatedRow, type Simulation } from '../testing/simulation.testing.ts';
import { UNREACHABLE_MS_MAX } from './decide-abandon.ts';

let world: Simulation;
beforeAll(async () => {
  world = await openSimulation({ watchIntervalMs: 1_000 });
  world.startWorker();
});
afterAll(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

const isRunning = ({ status, phase }: SimulatedRow): boolean => status === 'RUNNING' && phase === null;
const isMoved = ({ data }: { data: unknown }): boolean => JSON.stringify(data ?? null).includes('"moved"');

/** A running deployment whose hardware has just been lost. */
async function loseHardware() {
  const id = await world.deploy();
  const machineId = (await world.when(id, isRunning)).machines[0]?.machineId ?? '';
  world.local.chaos.setHostStatus(machineId, 'unreachable');
  return { id, machineId };
}

const runsElsewhere = (machineId: string) => (row: SimulatedRow) =>
  isRunning(row) && row.machines.some((machine) => machine.address !== null && machine.machineId !== machineId);

it('moves the release to a new machine after five minutes, and destroys the old one when its hardware is back', async () => {
  const { id, machineId } = await loseHardware();
  await world.when(id, ({ machines }) => machines[0]?.unreachableSince != null);
  expect((await world.read(id))?.machines).toHaveLength(1);
  world.time.skip(UNREACHABLE_MS_MAX);
  const moved = await world.when(id, runsElsewhere(machineId));
  expect(moved.events.find(isMoved)).toMatchObject({ phase: 'CREATING_MACHINE' });
  const names = moved.machines.map(({ name }) => name).sort();
  expect(names).toEqual([`cw-${id}-r1`, `cw-${id}-r1-2`]);
  expect(moved.machines.find((machine) => machine.machineId === machineId)).toMatchObject({
    address: null,
    abandonedAt: expect.any(Date),
  });
  expect(moved.currentReleaseId).toBe(moved.targetReleaseId);

  world.local.chaos.setHostStatus(machineId, 'ok');
  const alone = await world.when(id, ({ machines }) => machines.length === 1);
  expect(alone.machines[0]?.machineId).not.toBe(machineId);
  expect(isRunning(alone)).toBe(true);
  await world.absent(machineId);
});

it('moves at once when a restart is requested, and serves until a deletion that waits for the hardware', async () => {
  const { id, machineId } = await loseHardware();
  await world.service.restart(world.actor, id);
  const moved = await world.when(id, runsElsewhere(machineId));
  expect(moved.restartGeneration).toBeNull();
  const requestedAt = moved.events.findIndex(({ message }) => message === 'Restart was requested.');
  expect(isMoved(moved.events[requestedAt + 1] ?? { data: null })).toBe(true);

  await world.service.delete(world.actor, id);
  await world.when(id, ({ machines }) => machines.length === 1);
  world.local.chaos.setHostStatus(machineId, 'ok');
  await world.whenGone(id);
  await world.absent(machineId);
});

it('stops with an abandoned machine left over, and destroys it afterwards', async () => {
  const { id, machineId } = await loseHardware();
  await world.service.restart(world.actor, id);
  await world.when(id, runsElsewhere(machineId));
  await world.service.stop(world.actor, id);
  await world.when(id, ({ status }) => status === 'STOPPED');
  world.local.chaos.setHostStatus(machineId, 'ok');
  world.time.skip(60_000);
  const alone = await world.when(id, ({ machines }) => machines.length === 1);
  expect(alone.status).toBe('STOPPED');
  expect((await world.client.list(LOCAL_APP)).map((machine) => machine.id)).not.toContain(machineId);
});
