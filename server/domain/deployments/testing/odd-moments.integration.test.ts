import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Invariants, isRunning, openInvariants } from './invariants.testing.ts';
import { kill } from './killable.testing.ts';

let world: Invariants;
beforeAll(async () => {
  world = await openInvariants();
});
afterEach(() => world.cleanUp());
afterAll(() => world.close());

describe('an unexpected error', () => {
  it('is retried with a back-off, and then fails the release with INTERNAL', async () => {
    world.broken.workplace = true;
    world.startWorker();
    const id = await world.deploy();
    const row = await world.when(id, ({ status }) => status === 'FAILED');
    expect(row.failure).toMatchObject({ code: 'INTERNAL', retryable: true });
    const errors = world.errors.splice(0);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThan(15);
    world.broken.workplace = false;
    await world.service.start(world.actor, id);
    await world.when(id, isRunning);
    world.errors.splice(0);
  });
});

describe('intents at odd moments', () => {
  it('redeploy while stopped starts the new release, and removes the machine of the old one', async () => {
    world.startWorker();
    const id = await world.deploy();
    await world.when(id, isRunning);
    await world.service.stop(world.actor, id);
    await world.when(id, ({ status }) => status === 'STOPPED');
    await world.service.redeploy(world.actor, { id });
    const row = await world.when(id, (now) => isRunning(now) && now.machines.length === 1);
    expect(row.currentRelease?.number).toBe(2);
    expect(await world.machineIds()).toEqual([row.machines[0]?.machineId]);
  });

  it('redeploy while failed tries again, and rollback leads back to the last live release', async () => {
    world.startWorker();
    const id = await world.deploy();
    await world.when(id, isRunning);
    await world.service.stop(world.actor, id);
    await world.when(id, ({ status }) => status === 'STOPPED');
    const broken = { id, set: [{ name: 'EXIT_AT_START', value: '3' }], unset: [] };
    await world.service.updateCredentials(world.actor, broken);
    const failed = await world.when(id, ({ status }) => status === 'FAILED');
    expect(failed.failure).toMatchObject({ code: 'CRASH_LOOP' });
    await world.when(id, ({ machines }) => machines.length === 0);
    await world.service.rollback(world.actor, { id });
    const row = await world.when(id, isRunning);
    expect(row.currentRelease).toMatchObject({ number: 3, reason: 'rollback', credentialVersion: 1 });
  });

  it('rollback is NOT_FOUND before any release was live', async () => {
    world.startWorker();
    world.local.faults.add({ match: { action: 'create' }, effect: { kind: 'answer', when: 'before', status: 401 } });
    const id = await world.deploy();
    await world.when(id, ({ status }) => status === 'FAILED');
    await expect(world.service.rollback(world.actor, { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('a start takes back a stop that is not carried out yet', async () => {
    const first = world.startWorker();
    const id = await world.deploy();
    const before = await world.when(id, isRunning);
    kill(first);
    await world.service.stop(world.actor, id);
    await world.service.start(world.actor, id);
    world.startWorker();
    const row = await world.when(id, (now) => isRunning(now) && now.observedGeneration === now.generation);
    expect(row.machines[0]?.machineId).toBe(before.machines[0]?.machineId);
    expect(row.events.map(({ status }) => status).slice(before.events.length)).not.toContain('DEPLOYING');
  });

  it('delete while deploying leaves no machine', async () => {
    world.startWorker();
    world.local.faults.add({ match: { action: 'launch' }, effect: { kind: 'delay', ms: 20_000 } });
    const id = await world.deploy();
    await world.when(id, ({ phase }) => phase === 'STARTING_MACHINE');
    await world.service.delete(world.actor, id);
    await world.whenGone(id);
    expect(await world.machineIds()).toEqual([]);
  });

  it('a machine that never starts is replaced', async () => {
    world.startWorker();
    world.local.faults.add({ match: { action: 'launch' }, effect: { kind: 'never' } });
    const row = await world.when(await world.deploy(), isRunning);
    expect(await world.machineIds()).toEqual([row.machines[0]?.machineId]);
  });
});
