import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { sweepLeaks } from '#server/workers/leak-sweep.ts';
import { CREATE_SETTLE_MS } from '../reconcile/adopt.ts';
import { DRAIN_MS } from '../reconcile/decision.ts';
import { LEAK_AGE_MS } from '../upkeep/leaks.ts';
import { kill, type Life } from './killable.testing.ts';
import { INSTALLATION, openSimulation, type SimulatedRow, type Simulation } from './simulation.testing.ts';

let world: Simulation;
beforeAll(async () => {
  world = await openSimulation();
});
afterEach(async () => {
  world.local.faults.clear();
  if (world.workers.size === 0) world.startWorker();
  for (const { id, desired } of await world.prisma.deployment.findMany()) {
    if (desired !== 'DELETED') await world.service.delete(world.actor, id);
    await world.whenGone(id);
  }
  for (const life of [...world.workers.keys()]) kill(life);
  expect(await world.listed()).toEqual([]);
  expect(world.errors).toEqual([]);
});
afterAll(() => world.close());

const isRunning = ({ status, phase }: SimulatedRow): boolean => status === 'RUNNING' && phase === null;

/** Starts a worker that dies at the first such call; resolves at its death. */
const startDoomed = (call: string, when: 'before' | 'after'): Promise<void> =>
  new Promise((died) => {
    const dieAt: Life['dieAt'] = (made, moment) => made === call && moment === when;
    world.startWorker(dieAt, died);
  });
const ids = async (): Promise<string[]> => (await world.listed()).map(({ id }) => id);

describe('1: the row exists before the machine', () => {
  it('a machine whose create got no answer is adopted, not created twice', async () => {
    world.local.faults.add({ match: { action: 'create' }, effect: { kind: 'reset', when: 'after' } });
    world.startWorker();
    const row = await world.when(await world.deploy(), isRunning);
    expect(await ids()).toEqual([row.machines[0]?.machineId]);
  });

  it('a machine whose worker died before it got the answer is adopted', async () => {
    const died = startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    expect((await world.read(id))?.machines).toMatchObject([{ state: 'create-requested', machineId: null }]);
    world.startWorker();
    const row = await world.when(id, isRunning);
    expect(await ids()).toEqual([row.machines[0]?.machineId]);
  });

  it('a machine with another configuration is replaced', async () => {
    const died = startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    const [made] = await world.listed();
    await world.client.setMetadata(LOCAL_APP, made?.id ?? '', 'catwalk_config', 'another');
    world.startWorker();
    const row = await world.when(id, isRunning);
    expect(row.machines[0]?.machineId).not.toBe(made?.id);
    expect(await ids()).toEqual([row.machines[0]?.machineId]);
  });
});

it('2: the machine id is stored before anything waits for it', async () => {
  const died = startDoomed('machines.find', 'before');
  const id = await world.deploy();
  await died;
  expect(await ids()).toEqual([(await world.read(id))?.machines[0]?.machineId]);
});

describe('3: a machine is created again only after its absence is confirmed', () => {
  it('while the Machines API gives no answer, the deployment is UNHEALTHY and nothing is created', async () => {
    world.startWorker();
    const id = await world.deploy();
    const before = await world.when(id, isRunning);
    const failing = { match: { action: 'get' }, times: 10_000 } as const;
    const restore = world.local.faults.add({ ...failing, effect: { kind: 'answer', when: 'before', status: 503 } });
    await world.client.delete(LOCAL_APP, before.machines[0]?.machineId ?? '', { force: true });
    const row = await world.when(id, ({ status }) => status !== 'RUNNING');
    expect(row).toMatchObject({ status: 'UNHEALTHY', failure: { code: 'MACHINE_UNREACHABLE' } });
    expect(row.machines[0]?.machineId).toBe(before.machines[0]?.machineId);
    await expect.poll(ids).toEqual([]); // a machine is listed until its files are removed

    restore();
    const back = await world.when(id, isRunning);
    expect(back.machines[0]?.machineId).not.toBe(before.machines[0]?.machineId);
    expect(back.events.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ setback: 'lost', failure: expect.objectContaining({ code: 'MACHINE_LOST' }) }),
    );
  });
});

it('4: RUNNING means that a handshake was answered, and its result is kept', async () => {
  const died = startDoomed('probe.readSnapshot', 'after');
  const id = await world.deploy();
  await died;
  expect(await world.read(id)).toMatchObject({ status: 'DEPLOYING', phase: 'HANDSHAKE', currentReleaseId: null });
  world.startWorker();
  const row = await world.when(id, isRunning);
  expect(row.currentRelease?.snapshot).toMatchObject({ tools: [{ name: 'echo' }], serverInfo: { name: 'stand-in' } });
});

describe('5: DELETING ends only when the machine is confirmed gone', () => {
  it('a deletion that was accepted and not carried out is requested again', async () => {
    world.startWorker();
    const id = await world.deploy();
    await world.when(id, isRunning);
    const promised = { kind: 'answer', when: 'before', status: 200, body: { ok: true } } as const;
    world.local.faults.add({ match: { action: 'delete' }, times: 3, effect: promised });
    await world.service.delete(world.actor, id);
    await world.whenGone(id);
    expect(await ids()).toEqual([]);
  });

  it('a deletion during the create finds the machine', async () => {
    const died = startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    await world.service.delete(world.actor, id);
    world.startWorker();
    await world.whenGone(id);
    expect(await ids()).toEqual([]);
  });

  it('a deletion waits for a machine that may still appear', async () => {
    const died = startDoomed('machines.create', 'before');
    const id = await world.deploy();
    await died;
    await world.service.delete(world.actor, id);
    const listings = world.lists.length;
    world.startWorker();
    await world.when(id, () => world.lists.length >= listings + 3);
    world.time.skip(CREATE_SETTLE_MS);
    await world.whenGone(id);
  });

  it('a stop during the create leaves no machine that would start', async () => {
    const died = startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    await world.service.stop(world.actor, id);
    world.startWorker();
    await world.when(id, ({ status }) => status === 'STOPPED');
    expect(await ids()).toEqual([]);
    await world.service.start(world.actor, id);
    await world.when(id, isRunning);
  });

  it('the sweep destroys a machine of this installation without a row after ten minutes, and no other machine', async () => {
    world.startWorker();
    const id = await world.deploy();
    const row = await world.when(id, isRunning);
    const machineId = row.machines[0]?.machineId ?? '';
    const known = await world.client.get(LOCAL_APP, machineId);
    const make = (name: string, installation: string) =>
      world.client.create(LOCAL_APP, {
        name,
        config: world.standIn({ catwalk_installation: installation, catwalk_deployment: id }),
      });
    const leaked = await make('cw-leaked', INSTALLATION);
    const foreign = await make('cw-foreign', 'another installation');
    const sweep = () =>
      sweepLeaks(
        {
          prisma: world.prisma,
          machines: world.client,
          app: LOCAL_APP,
          installationId: INSTALLATION,
          now: world.time.now,
          log: { warn: () => {}, error: () => {} },
        },
        AbortSignal.timeout(5_000),
      );
    await sweep();
    expect(await ids()).toHaveLength(3);
    world.time.skip(LEAK_AGE_MS);
    await sweep();
    expect((await world.client.get(LOCAL_APP, leaked.id)).state).toMatch(/^destroy/);
    expect((await world.client.get(LOCAL_APP, foreign.id)).state).not.toMatch(/^destroy/);
    expect((await world.client.get(LOCAL_APP, known.id)).state).toBe('started');
    await world.client.delete(LOCAL_APP, foreign.id, { force: true });
    await world.absent(foreign.id);
    await world.absent(leaked.id);
  });
});

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
    expect(await ids()).toEqual([first.machines[0]?.machineId]);
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
    expect(await ids()).toEqual([row.machines[0]?.machineId]);
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
    expect(await ids()).toEqual([]);
  });

  it('a machine that never starts is replaced', async () => {
    world.startWorker();
    world.local.faults.add({ match: { action: 'launch' }, effect: { kind: 'never' } });
    const row = await world.when(await world.deploy(), isRunning);
    expect(await ids()).toEqual([row.machines[0]?.machineId]);
  });
});
