import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { sweepLeaks } from '#server/workers/leak-sweep.ts';
import { CREATE_SETTLE_MS } from '../reconcile/adopt.ts';
import { LEAK_AGE_MS } from '../upkeep/leaks.ts';
import { type Invariants, isRunning, openInvariants } from './invariants.testing.ts';
import { INSTALLATION } from './simulation.testing.ts';

let world: Invariants;
beforeAll(async () => {
  world = await openInvariants();
});
afterEach(() => world.cleanUp());
afterAll(() => world.close());

describe('1: the row exists before the machine', () => {
  it('a machine whose create got no answer is adopted, not created twice', async () => {
    world.local.faults.add({ match: { action: 'create' }, effect: { kind: 'reset', when: 'after' } });
    world.startWorker();
    const row = await world.when(await world.deploy(), isRunning);
    expect(await world.machineIds()).toEqual([row.machines[0]?.machineId]);
  });

  it('a machine whose worker died before it got the answer is adopted', async () => {
    const died = world.startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    expect((await world.read(id))?.machines).toMatchObject([{ state: 'create-requested', machineId: null }]);
    world.startWorker();
    const row = await world.when(id, isRunning);
    expect(await world.machineIds()).toEqual([row.machines[0]?.machineId]);
  });

  it('a machine whose worker died is not forgotten when a second create is refused', async () => {
    const died = world.startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    const before = { kind: 'answer', when: 'before' } as const;
    world.local.faults.add({ match: { action: 'list' }, effect: { ...before, status: 200, body: [] } });
    world.local.faults.add({ match: { action: 'create' }, effect: { ...before, status: 400 } });
    world.startWorker();
    await world.when(id, ({ status, machines }) => status === 'FAILED' && machines.length === 0);
    expect(await world.machineIds()).toEqual([]);
  });

  it('a machine that is listed and cannot be read yet is adopted, not removed', async () => {
    const died = world.startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    const [made] = await world.listed();
    const effect = { kind: 'answer', when: 'before', status: 404, body: { error: 'machine not found' } } as const;
    world.local.faults.add({ match: { action: 'get' }, effect });
    world.startWorker();
    expect((await world.when(id, isRunning)).machines).toMatchObject([{ machineId: made?.id }]);
  });

  it('a machine with another configuration is replaced', async () => {
    const died = world.startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    const [made] = await world.listed();
    await world.client.setMetadata(LOCAL_APP, made?.id ?? '', 'catwalk_config', 'another');
    world.startWorker();
    const row = await world.when(id, isRunning);
    expect(row.machines[0]?.machineId).not.toBe(made?.id);
    expect(await world.machineIds()).toEqual([row.machines[0]?.machineId]);
  });
});

it('2: the machine id is stored before anything waits for it', async () => {
  const died = world.startDoomed('machines.find', 'before');
  const id = await world.deploy();
  await died;
  expect(await world.machineIds()).toEqual([(await world.read(id))?.machines[0]?.machineId]);
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
    await expect.poll(world.machineIds).toEqual([]); // a machine is listed until its files are removed

    restore();
    const back = await world.when(id, isRunning);
    expect(back.machines[0]?.machineId).not.toBe(before.machines[0]?.machineId);
    expect(back.events.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ setback: 'lost', failure: expect.objectContaining({ code: 'MACHINE_LOST' }) }),
    );
  });
});

it('4: RUNNING means that a handshake was answered, and its result is kept', async () => {
  const died = world.startDoomed('probe.readSnapshot', 'after');
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
    expect(await world.machineIds()).toEqual([]);
  });

  it('a deletion during the create finds the machine', async () => {
    const died = world.startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    await world.service.delete(world.actor, id);
    world.startWorker();
    await world.whenGone(id);
    expect(await world.machineIds()).toEqual([]);
  });

  it('a deletion waits for a machine that may still appear', async () => {
    const died = world.startDoomed('machines.create', 'before');
    const id = await world.deploy();
    await died;
    await world.service.delete(world.actor, id);
    const listings = world.lists.length;
    world.startWorker();
    await world.when(id, () => world.lists.length >= listings + 3);
    world.time.skip(CREATE_SETTLE_MS);
    await world.whenGone(id);
  });

  it.each(['before', 'after'])('a clock that is set ahead %s the next start does not end that wait', async (when) => {
    const died = world.startDoomed('machines.create', 'before');
    const id = await world.deploy();
    await died;
    await world.service.delete(world.actor, id);
    const listings = world.lists.length;
    if (when === 'before') world.time.set(20 * CREATE_SETTLE_MS);
    world.startWorker();
    await world.when(id, () => world.lists.length >= listings + 1);
    if (when === 'after') world.time.set(20 * CREATE_SETTLE_MS);
    await world.when(id, () => world.lists.length >= listings + 4);
    world.time.skip(CREATE_SETTLE_MS);
    await world.whenGone(id);
  });

  it('a stop during the create leaves no machine that would start', async () => {
    const died = world.startDoomed('machines.create', 'after');
    const id = await world.deploy();
    await died;
    await world.service.stop(world.actor, id);
    world.startWorker();
    await world.when(id, ({ status }) => status === 'STOPPED');
    expect(await world.machineIds()).toEqual([]);
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
    expect(await world.machineIds()).toHaveLength(3);
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
