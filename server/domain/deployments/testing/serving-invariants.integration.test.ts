import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { DRAIN_MS } from '../reconcile/decision.ts';
import { type Invariants, isRunning, openInvariants } from './invariants.testing.ts';

let world: Invariants;
beforeAll(async () => {
  world = await openInvariants();
});
afterEach(() => world.cleanUp());
afterAll(() => world.close());

describe('6: health', () => {
  it('three failures in a row make a deployment UNHEALTHY, one success makes it RUNNING again', async () => {
    world.startWorker();
    const id = await world.deploy();
    const row = await world.when(id, isRunning);
    const machineId = row.machines[0]?.machineId ?? '';
    world.local.chaos.setHostStatus(machineId, 'unreachable');
    const sick = await world.when(id, ({ status }) => status !== 'RUNNING');
    expect(sick).toMatchObject({ status: 'UNHEALTHY', healthFailures: 3, failure: { code: 'MACHINE_UNREACHABLE' } });
    world.local.chaos.setHostStatus(machineId, 'ok');
    const well = await world.when(id, isRunning);
    expect(well).toMatchObject({ failure: null, healthFailures: 0 });
    expect(well.machines[0]?.machineId).toBe(machineId);
  });

  it('a machine that keeps ending fails with its exit code once its own restarts are used up', async () => {
    world.startWorker();
    const id = await world.deploy();
    const row = await world.when(id, isRunning);
    world.local.faults.add({ match: { action: 'launch' }, times: 10, effect: { kind: 'die' } });
    await world.local.chaos.crash(row.machines[0]?.machineId ?? '');
    const failed = await world.when(id, ({ status }) => status === 'FAILED');
    expect(failed.failure).toMatchObject({ code: 'CRASH_LOOP', message: expect.stringContaining('exit code 137') });
  });

  it('a machine that keeps stopping is started four times within ten minutes, and no more', async () => {
    world.startWorker();
    const id = await world.deploy();
    for (let times = 1; times <= 5; times += 1) {
      const row = await world.when(id, isRunning);
      await world.client.stop(LOCAL_APP, row.machines[0]?.machineId ?? '');
      await world.when(id, ({ status }) => status !== 'RUNNING');
    }
    const failed = await world.when(id, ({ status }) => status === 'FAILED');
    expect(failed.failure).toMatchObject({ code: 'CRASH_LOOP', message: expect.stringContaining('5 times') });
  });

  it('a machine that ran out of memory fails with OUT_OF_MEMORY and proposes the next size', async () => {
    world.startWorker();
    world.local.faults.add({ match: { action: 'launch' }, times: 10, effect: { kind: 'die', oom: true } });
    const row = await world.when(await world.deploy(), ({ status }) => status === 'FAILED');
    expect(row.failure).toMatchObject({ code: 'OUT_OF_MEMORY', proposal: { memoryMb: 512 } });
  });
});

describe('7: a new release goes live only after its handshake', () => {
  it('the old release serves until then, and its own sessions for ten minutes more', async () => {
    world.startWorker();
    const id = await world.deploy();
    const first = await world.when(id, isRunning);
    world.local.faults.add({ match: { action: 'launch' }, effect: { kind: 'delay', ms: 20_000 } });
    await world.service.redeploy(world.actor, { id });
    const meanwhile = await world.when(id, ({ phase }) => phase === 'STARTING_MACHINE');
    expect(meanwhile).toMatchObject({ status: 'RUNNING', currentReleaseId: first.currentReleaseId });
    const second = await world.when(id, (row) => isRunning(row) && row.currentReleaseId !== first.currentReleaseId);
    expect(second.machines.filter(({ drainingAt }) => drainingAt !== null)).toHaveLength(1);
    expect(second.events.map(({ status }) => status).slice(-5)).not.toContain('DEPLOYING');
    world.time.skip(DRAIN_MS);
    await world.when(id, ({ machines }) => machines.length === 1);
  });

  it('the old release stays when the new one fails, and the failure has a reason and a proposal', async () => {
    world.startWorker();
    const id = await world.deploy();
    const first = await world.when(id, isRunning);
    world.local.faults.add({ match: { action: 'create' }, times: 10, effect: { kind: 'capacity', status: 422 } });
    await world.service.redeploy(world.actor, { id });
    const kept = await world.when(id, (row) => isRunning(row) && row.targetReleaseId === first.currentReleaseId);
    expect(kept).toMatchObject({ currentReleaseId: first.currentReleaseId, failure: { code: 'FLY_CAPACITY' } });
    const release = await world.prisma.release.findFirstOrThrow({ where: { deploymentId: id, number: 2 } });
    expect(release.failure).toMatchObject({ code: 'FLY_CAPACITY', proposal: { regions: expect.any(Array) } });
    expect(await world.machineIds()).toEqual([first.machines[0]?.machineId]);
    world.local.faults.clear();
    await world.service.redeploy(world.actor, { id });
    const replaced = await world.when(id, (row) => isRunning(row) && row.currentRelease?.number === 3);
    expect(replaced.failure).toBeNull();
  });

  it('the deployment is UNHEALTHY when the serving machine is lost during the rollout', async () => {
    world.startWorker();
    const id = await world.deploy();
    const first = await world.when(id, isRunning);
    world.local.faults.add({ match: { action: 'launch' }, effect: { kind: 'delay', ms: 60_000 } });
    await world.service.redeploy(world.actor, { id });
    await world.when(id, ({ phase }) => phase === 'STARTING_MACHINE');
    await world.client.delete(LOCAL_APP, first.machines[0]?.machineId ?? '', { force: true });
    const lost = await world.when(id, ({ status }) => status !== 'RUNNING');
    expect(lost).toMatchObject({ status: 'UNHEALTHY', failure: { code: 'MACHINE_LOST' } });
    const second = await world.when(id, isRunning);
    expect(second).toMatchObject({ failure: null, currentRelease: { number: 2 } });
  });

  it('a restart requested during a rollout is done with the new release', async () => {
    world.startWorker();
    const id = await world.deploy();
    await world.when(id, isRunning);
    world.local.faults.add({ match: { action: 'launch' }, effect: { kind: 'delay', ms: 10_000 } });
    await world.service.redeploy(world.actor, { id });
    await world.service.restart(world.actor, id);
    const row = await world.when(id, (now) => isRunning(now) && now.currentRelease?.number === 2);
    expect(row.restartGeneration).toBeNull();
    expect(row.events.map(({ message }) => message)).not.toContain('Restarting the machine.');
  });
});

describe('8: credentials', () => {
  it('are decrypted only for a machine: no row holds them, and machines are listed as summaries', async () => {
    world.local.faults.add({ match: { action: 'create' }, effect: { kind: 'reset', when: 'after' } });
    world.startWorker();
    const secret = 'a-very-secret-value';
    const id = await world.deploy({ extraEnvironment: [{ name: 'API_KEY', value: secret }] });
    await world.when(id, isRunning);
    for (const table of ['Deployment', 'Release', 'Machine', 'CredentialSet', 'DeploymentEvent', 'AuditEvent']) {
      const rows = await world.prisma.$queryRawUnsafe<{ row: string }[]>(`SELECT t::text AS row FROM "${table}" t`);
      expect(rows.map(({ row }) => row).join('\n')).not.toContain(secret);
    }
    expect(world.lists.length).toBeGreaterThan(0);
    expect(world.lists.filter((filter) => filter?.summary !== true)).toEqual([]);
  });
});

it('9: a failure has a code, a sentence, a hint, a time, and whether a retry helps', async () => {
  world.startWorker();
  world.local.faults.add({ match: { action: 'create' }, effect: { kind: 'answer', when: 'before', status: 401 } });
  const row = await world.when(await world.deploy(), ({ status }) => status === 'FAILED');
  expect(row.failure).toEqual({
    code: 'FLY_UNAUTHORIZED',
    message: expect.stringContaining('401'),
    hint: expect.stringContaining('token'),
    retryable: false,
    occurredAt: expect.any(String),
    stderrTail: [],
  });
});
