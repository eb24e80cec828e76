import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { kill, type Life } from '../testing/killable.testing.ts';
import { openSimulation, type SimulatedRow, type Simulation } from '../testing/simulation.testing.ts';

let world: Simulation;
beforeAll(async () => {
  world = await openSimulation();
});
afterEach(async () => {
  world.local.faults.clear();
  if (world.workers.size === 0) world.startWorker();
  for (const { id } of await world.prisma.deployment.findMany()) {
    await world.service.delete(world.actor, id);
    await world.whenGone(id);
  }
  for (const life of [...world.workers.keys()]) kill(life);
  expect(await world.listed()).toEqual([]);
  expect(world.errors).toEqual([]);
});
afterAll(() => world.close());

const isRunning = ({ status, phase }: SimulatedRow): boolean => status === 'RUNNING' && phase === null;
const isAtRest = ({ status, nextCheckAt, leaseOwner }: SimulatedRow): boolean =>
  status === 'ASLEEP' && nextCheckAt === null && leaseOwner === null;
const machineOf = (row: SimulatedRow): string => row.machines[0]?.machineId ?? '';
const messages = ({ events }: SimulatedRow): string[] => events.map(({ message }) => message);

/** A deployment that is asleep and at rest. */
async function asleep(values: Parameters<Simulation['deploy']>[0] = {}): Promise<SimulatedRow> {
  const id = await world.deploy({ sleepAfterMinutes: 1, ...values });
  await world.when(id, isRunning);
  world.time.skip(61_000);
  return world.when(id, isAtRest);
}

it('an unused deployment falls asleep, and several requests wake it once, on the same machine', async () => {
  world.startWorker();
  world.startWorker();
  const row = await asleep();
  expect((await world.client.get(LOCAL_APP, machineOf(row))).state).toBe('suspended');

  await Promise.all([1, 2, 3, 4].map(() => world.wake(row.id)));
  await world.events.publish(world.prisma, 'wake', row.id);
  const awake = await world.when(row.id, isRunning);
  expect(machineOf(awake)).toBe(machineOf(row));
  expect(messages(awake).filter((message) => message.startsWith('Waking up'))).toHaveLength(1);
  expect(awake.events.at(-1)?.data).toEqual({ wakeMs: expect.any(Number) });
  expect(awake.events.slice(row.events.length, -1).map(({ status }) => status)).not.toContain('DEPLOYING');
});

it('a message on the topic wakes a sleeping deployment', async () => {
  world.startWorker();
  const row = await asleep();
  await world.events.publish(world.prisma, 'wake', row.id);
  await world.when(row.id, isRunning);
});

it('a used deployment stays awake', async () => {
  world.startWorker();
  const id = await world.deploy({ sleepAfterMinutes: 2 });
  await world.when(id, isRunning);
  world.time.skip(110_000);
  await world.prisma.deployment.update({ where: { id }, data: { lastUsedAt: world.time.now() } });
  const checkedBefore = (await world.read(id))?.lastHealthyAt?.getTime() ?? 0;
  const row = await world.when(id, ({ lastHealthyAt }) => (lastHealthyAt?.getTime() ?? 0) > checkedBefore + 30_000);
  expect(row.status).toBe('RUNNING');
});

it('a lost snapshot is a cold start, which stays ASLEEP until the handshake', async () => {
  world.startWorker();
  const row = await asleep();
  world.local.faults.add({ match: { action: 'resume' }, effect: { kind: 'lost-snapshot' } });
  await world.wake(row.id);
  const awake = await world.when(row.id, isRunning);
  expect(machineOf(awake)).toBe(machineOf(row));
});

it('a machine that is lost while it sleeps is replaced at the next wake', async () => {
  world.startWorker();
  const row = await asleep();
  await world.client.delete(LOCAL_APP, machineOf(row), { force: true });
  await world.wake(row.id);
  const awake = await world.when(row.id, isRunning);
  expect(machineOf(awake)).not.toBe(machineOf(row));
  expect(awake.events.slice(row.events.length, -1).map(({ status }) => status)).not.toContain('DEPLOYING');
});

it('a call during the suspension wakes the deployment', async () => {
  world.local.faults.add({ match: { action: 'suspend' }, effect: { kind: 'delay', ms: 15_000 } });
  world.startWorker();
  const id = await world.deploy({ sleepAfterMinutes: 1 });
  await world.when(id, isRunning);
  world.time.skip(61_000);
  await world.when(id, ({ status }) => status === 'ASLEEP');
  await world.wake(id);
  await world.when(id, isRunning);
});

it.each([
  ['host.quiesce', 'after'],
  ['transaction', 'after'],
  ['machines.suspend', 'before'],
  ['machines.suspend', 'after'],
  ['machines.start', 'after'],
  ['host.resume', 'before'],
] as const)(
  'a worker that dies at %s (%s) leaves a deployment that still sleeps, wakes and answers',
  async (call, when) => {
    const first = world.startWorker();
    const id = await world.deploy({ sleepAfterMinutes: 1 });
    await world.when(id, isRunning);
    kill(first);
    let quiesced = false;
    const died = new Promise<void>((resolve) => {
      const dieAt: Life['dieAt'] = (made, moment) => {
        if (made === 'host.quiesce') quiesced = true;
        return quiesced && made === call && moment === when;
      };
      world.startWorker(dieAt, resolve);
    });
    world.time.skip(61_000);
    if (call === 'machines.start' || call === 'host.resume') {
      await world.when(id, isAtRest);
      await world.wake(id);
    }
    await died;
    world.startWorker();
    await world.wake(id);
    await world.when(id, (row) => isRunning(row) || isAtRest(row));
    await world.wake(id);
    const row = await world.when(id, isRunning);
    expect(row.machines).toHaveLength(1);
  },
);

it('a sleeping deployment wakes when its owner turns sleep off', async () => {
  world.startWorker();
  const row = await asleep();
  await world.service.updateDeployment(world.actor, { id: row.id, sleepAfterMinutes: null });
  await world.when(row.id, isRunning);
});

it('a machine that is too large to be suspended is stopped, and starts cold', async () => {
  world.startWorker();
  const row = await asleep({ memoryMb: 4096 });
  expect((await world.client.get(LOCAL_APP, machineOf(row))).state).toBe('stopped');
  await world.wake(row.id);
  await world.when(row.id, isRunning);
});

it('stop, start and restart work on a sleeping deployment, and a start does not continue with the old memory', async () => {
  world.startWorker();
  const { service, actor } = world;
  const row = await asleep();
  await service.restart(actor, row.id);
  const restarted = await world.when(row.id, isRunning);
  const { events } = await world.client.get(LOCAL_APP, machineOf(restarted));
  expect(events.filter(({ type }) => type === 'exit')).toHaveLength(1);

  world.time.skip(61_000);
  await world.when(row.id, isAtRest);
  await service.stop(actor, row.id);
  await world.when(row.id, ({ status }) => status === 'STOPPED');
  expect((await world.client.get(LOCAL_APP, machineOf(row))).state).toBe('stopped');
  await service.start(actor, row.id);
  await world.when(row.id, isRunning);
});

it('a new release of a sleeping deployment goes live; a failed one leaves it asleep, and able to wake', async () => {
  world.startWorker();
  const row = await asleep();
  world.local.faults.add({ match: { action: 'create' }, times: 10, effect: { kind: 'capacity', status: 409 } });
  await world.service.redeploy(world.actor, { id: row.id });
  await world.when(
    row.id,
    (now) => isAtRest(now) && now.phase === null && now.targetReleaseId === row.currentReleaseId,
  );
  world.local.faults.clear();
  await world.wake(row.id);
  await world.when(row.id, isRunning);
  await world.service.redeploy(world.actor, { id: row.id });
  await world.when(row.id, (now) => isRunning(now) && now.currentRelease?.number === 3);
});
