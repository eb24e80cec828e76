import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { openSimulation, type Simulation } from '#server/domain/deployments/testing/simulation.testing.ts';

const AN_HOUR_MS = 3_600_000;

let world: Simulation;
beforeAll(async () => {
  world = await openSimulation({ healthIntervalMs: AN_HOUR_MS });
});
afterAll(() => world.close());

it('notices a dead machine long before the next health check, with one listing for all machines', async () => {
  world.startWorker();
  const ids = await Promise.all([world.deploy(), world.deploy(), world.deploy()]);
  const rows = await Promise.all(ids.map((id) => world.when(id, ({ status }) => status === 'RUNNING')));
  const listings = world.lists.length;
  const machineId = rows[1]?.machines[0]?.machineId ?? '';
  await world.client.delete(LOCAL_APP, machineId, { force: true });
  const back = await world.when(
    ids[1] ?? '',
    (row) => row.status === 'RUNNING' && row.machines[0]?.machineId !== machineId,
  );
  expect(back.events.map(({ status }) => status).slice(-4)).toContain('DEPLOYING');
  expect(world.lists.length).toBeGreaterThan(listings);
  expect(world.lists.every((filter) => filter?.summary === true)).toBe(true);
  for (const [index, id] of ids.entries()) {
    if (index !== 1) expect((await world.read(id))?.events).toHaveLength(rows[index]?.events.length ?? 0);
  }
  expect(world.errors).toEqual([]);
});

it('notices a machine that was restarted between two passes, and updates its address', async () => {
  const id = await world.deploy();
  const row = await world.when(id, ({ status, phase }) => status === 'RUNNING' && phase === null);
  const [machine] = row.machines;
  await world.watched();
  await world.local.chaos.crash(machine?.machineId ?? '');
  const back = await world.when(id, ({ status, phase, machines: [now] }) => {
    return status === 'RUNNING' && phase === null && now?.address != null && now.address !== machine?.address;
  });
  expect(back.machines[0]?.machineId).toBe(machine?.machineId);
});
