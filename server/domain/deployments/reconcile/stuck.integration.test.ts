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

it('a stuck deletion records the reason, is retried, and ends when it can', async () => {
  const id = await world.deploy();
  await world.when(id, isRunning);
  world.local.faults.add({
    match: { action: 'delete' },
    times: 1_000,
    effect: { kind: 'answer', when: 'before', status: 500 },
  });
  await world.service.delete(world.actor, id);
  const row = await world.when(id, ({ events }) => events.at(-1)?.message.includes('is stuck') ?? false);
  expect(row.status).toBe('DELETING');
  expect(row.events.at(-1)?.data).toMatchObject({
    setback: 'held-up',
    failure: { code: 'FLY_UNAVAILABLE', message: expect.stringContaining('500'), hint: expect.any(String) },
  });
  world.local.faults.clear();
  await world.whenGone(id);
});

it('a call wakes a sleeping release although another release is on its way', async () => {
  const id = await world.deploy({ sleepAfterMinutes: 1 });
  await world.when(id, isRunning);
  world.time.skip(61_000);
  const asleep = await world.when(id, ({ status, nextCheckAt }) => status === 'ASLEEP' && nextCheckAt === null);
  world.local.faults.add({ match: { action: 'launch' }, times: 1, effect: { kind: 'delay', ms: 120_000 } });
  await world.service.redeploy(world.actor, { id });
  await world.when(id, ({ phase }) => phase === 'STARTING_MACHINE');
  await world.wake(id);
  const awake = await world.when(id, ({ status }) => status === 'RUNNING');
  expect(awake).toMatchObject({ phase: 'STARTING_MACHINE', wakeAskedAt: null, lastWakeMs: expect.any(Number) });
  expect(awake.currentReleaseId).toBe(asleep.currentReleaseId);
  const replaced = await world.when(id, (row) => isRunning(row) && row.currentReleaseId !== asleep.currentReleaseId);
  expect(replaced.currentRelease?.number).toBe(2);
});

it('a deployment is stopped at once while its server does not answer the handshake', async () => {
  const patient = await openSimulation({ callTimeoutMs: 60_000 });
  try {
    patient.startWorker();
    patient.proxy.isSilent = true;
    const id = await patient.deploy();
    await patient.when(id, ({ phase }) => phase === 'HANDSHAKE');
    await patient.service.stop(patient.actor, id);
    // the handshake's own limits are above a minute
    const stopped = await patient.when(id, ({ status }) => status === 'STOPPED', 30_000);
    expect(stopped.failure).toBeNull();
    expect(patient.errors).toEqual([]);
  } finally {
    await patient.close();
  }
});
