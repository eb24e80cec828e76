import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { MachinesError, type MachinesErrorKind } from '#deploy/fly/errors.ts';
import { machineSchema } from '#deploy/fly/wire.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import { transition } from '../rows/transition.ts';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { createMachine, prepareMachine, recreateMachine } from './act-machine.ts';
import { credentialsText } from './rows.testing.ts';
import { machinesError } from './step.testing.ts';
import type { Step } from './step.ts';

const NOW = new Date('2027-01-01T00:00:00Z');

/** An answer of the Machines API: nothing was created. */
const refusedWith = (kind: MachinesErrorKind, status: number) =>
  new MachinesError(`It is ${kind}.`, { kind, operation: 'create', status, code: null, requestId: null, sent: true });

let rows: Rows;
let deployment: Deployment;
let release: Release;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());
beforeEach(async () => {
  const { id } = await rows.addDeployment({ phase: 'CREATING_MACHINE', phaseSince: NOW, leaseOwner: 'me' });
  release = await rows.addRelease(id, 1);
  deployment = await rows.setDeployment(id, { targetReleaseId: release.id });
  await rows.prisma.credentialSet.create({
    data: { deploymentId: id, version: 1, envelope: credentialsText(), names: [], shown: {} },
  });
});

const stepOf = (
  machines: Partial<MachinesClient> = {},
  { leaseOwner = 'me', abandoned = [] as Machine[] } = {},
): Step => {
  const deps = {
    prisma: rows.prisma,
    database: rows.database,
    events: rows.events,
    now: () => NOW,
    installationId: 'i',
    envelopes: { open: async (sealed: string) => sealed },
  };
  const observed = { kind: 'unknown', reason: 'away' } as const;
  const guard = { generation: deployment.generation, leaseOwner };
  const parts = {
    deps,
    view: {
      ...rows.viewOf(deployment, release),
      machines: abandoned.map((row) => ({ row, observed, host: null })),
    },
    fleet: { app: 'app', image: 'image', addressModeOf: () => ({ kind: '6pn', app: 'app' }), machines },
    guard,
    signal: new AbortController().signal,
    write: (to: Parameters<Step['write']>[0]) =>
      rows.inTransaction((tx) => transition(tx, rows.events, deployment, to, guard, NOW)),
  };
  return parts as unknown as Step; // only these parts are used
};
const machinesOf = () =>
  rows.prisma.machine.findMany({ where: { deploymentId: deployment.id }, orderBy: { createdAt: 'asc' } });
const attempts = async () => (await rows.deploymentOf(deployment.id)).attempts;

describe('the row of a machine', () => {
  test('exists before the machine, with the name that follows from the release, and its app is known', async () => {
    expect(await prepareMachine(stepOf())).toEqual({ kind: 'again' });
    expect(await machinesOf()).toMatchObject([
      { releaseId: release.id, app: 'app', name: `cw-${deployment.id}-r1`, machineId: null, region: 'local' },
    ]);
    expect(await rows.prisma.machineApp.findMany()).toMatchObject([{ app: 'app', ownerId: deployment.ownerId }]);
  });

  test('is written once, whichever worker is faster', async () => {
    await prepareMachine(stepOf());
    expect(await prepareMachine(stepOf())).toEqual({ kind: 'again' });
    expect(await machinesOf()).toHaveLength(1);
  });

  test('has a name beside those of machines that were left behind', async () => {
    const left = await rows.addMachine(release, { abandonedAt: NOW });
    await prepareMachine(stepOf({}, { abandoned: [left] }));
    expect((await machinesOf()).map(({ name }) => name)).toEqual([left.name, `${left.name}-2`]);
  });

  test('of a server that runs elsewhere belongs to no app of the owner', async () => {
    release = await rows.prisma.release.update({ where: { id: release.id }, data: { runtime: 'remote' } });
    await rows.prisma.machineApp.deleteMany();
    await prepareMachine(stepOf());
    expect((await machinesOf())[0]?.app).not.toBe('app');
    expect(await rows.prisma.machineApp.count()).toBe(0);
  });
});

describe('creating a machine', () => {
  const created = () => machineSchema.parse({ id: `fly-${deployment.id}`, state: 'created', instance_id: 'i1' });
  const tried = async (create: MachinesClient['create'], options: Parameters<typeof stepOf>[1] = {}) => {
    const machine = await rows.addMachine(release);
    const next = await createMachine(stepOf({ create }, options), machine);
    return { next, row: await rows.machineOf(machine.id) };
  };

  test('is noted in the row first, and stores the id at once', async () => {
    const calls: unknown[] = [];
    const during: unknown[] = [];
    const { next, row } = await tried(async (_app, request) => {
      calls.push(request);
      during.push((await machinesOf()).map(({ state, updatedAt }) => [state, updatedAt]));
      return created();
    });
    expect(next).toEqual({ kind: 'again' });
    expect(calls).toMatchObject([{ name: `cw-${deployment.id}-r1`, region: 'local', config: { image: 'image' } }]);
    expect(during).toEqual([[['create-requested', NOW]]]);
    expect(row).toMatchObject({ machineId: `fly-${deployment.id}`, state: 'created', instanceId: 'i1' });
    expect(await attempts()).toBe(1);
  });

  test.each(['name-taken', 'timeout'] as const)(
    'that may have happened (%s) is looked for, after a pause',
    async (kind) => {
      const { next, row } = await tried(() => Promise.reject(machinesError(kind)));
      expect([next, row.state, row.machineId]).toMatchObject([
        { kind: 'wait', checkAfterMs: 250 },
        'create-requested',
        null,
      ]);
    },
  );

  test('that was refused leaves the row as it was, and is counted once', async () => {
    const { next, row } = await tried(() => Promise.reject(refusedWith('capacity', 422)));
    expect([next, row.state]).toMatchObject([{ kind: 'wait', checkAfterMs: 250 }, null]);
    expect(await attempts()).toBe(1);
    const { row: fatal } = await triedOnce('invalid');
    expect(fatal.state).toBeNull();
    expect(await rows.deploymentOf(deployment.id)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'FLY_REJECTED' },
    });
  });
  const triedOnce = async (kind: MachinesErrorKind) => {
    await rows.prisma.machine.deleteMany({ where: { deploymentId: deployment.id } });
    return tried(() => Promise.reject(refusedWith(kind, 422)));
  };

  test('is not tried by a worker that lost the row, nor for a row that has a machine already', async () => {
    const never = () => Promise.reject(new Error('called'));
    expect((await tried(never, { leaseOwner: 'another' })).next).toEqual({ kind: 'superseded' });
    await rows.prisma.machine.deleteMany({ where: { deploymentId: deployment.id } });
    const machine = await rows.addMachine(release, { machineId: `other-${deployment.id}` });
    expect(await createMachine(stepOf({ create: never }), machine)).toEqual({ kind: 'superseded' });
  });

  test('for a row that is gone meanwhile deletes the machine again, and one that is stored already stays', async () => {
    const deleted: string[] = [];
    const remove: MachinesClient['delete'] = async (_app, id) => {
      deleted.push(id);
      return { accepted: true };
    };
    const machine = await rows.addMachine(release);
    const create: MachinesClient['create'] = async () => {
      await rows.prisma.machine.delete({ where: { id: machine.id } });
      return created();
    };
    expect(await createMachine(stepOf({ create, delete: remove }), machine)).toEqual({ kind: 'superseded' });
    expect(deleted).toEqual([created().id]);

    const other = await rows.addMachine(release);
    const adopted: MachinesClient['create'] = async () => {
      await rows.prisma.machine.update({ where: { id: other.id }, data: { machineId: created().id, state: 'x' } });
      return created();
    };
    expect(await createMachine(stepOf({ create: adopted, delete: remove }), other)).toEqual({ kind: 'superseded' });
    expect(deleted).toHaveLength(1);
  });

  test('passes an unexpected error on', async () => {
    await expect(tried(() => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  });
});

test('a machine that is lost leaves its row, which gets another machine of the same name', async () => {
  const machine = await rows.addMachine(release, {
    machineId: `fly-${deployment.id}`,
    state: 'started',
    address: 'http://host',
    instanceId: 'i1',
    logCursor: 'c',
    destroyAt: NOW,
  });
  expect(await recreateMachine(stepOf({}, { leaseOwner: 'another' }), machine)).toEqual({ kind: 'superseded' });
  expect((await rows.machineOf(machine.id)).machineId).toBe(machine.machineId);
  expect(await recreateMachine(stepOf(), machine)).toEqual({ kind: 'again' });
  expect(await rows.machineOf(machine.id)).toMatchObject({
    name: machine.name,
    machineId: null,
    state: null,
    address: null,
    instanceId: null,
    logCursor: null,
    destroyAt: null,
  });
});
