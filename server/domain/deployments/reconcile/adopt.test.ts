import { expect, test } from 'vitest';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { type Machine as ApiMachine, machineSchema } from '#deploy/fly/wire.ts';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { Deployment, Machine } from '#prisma/generated/client/client.ts';
import type { PassedTime } from '#server/domain/passed-time.ts';
import { CREATE_SETTLE_MS, findCreated } from './adopt.ts';
import type { Fleet } from './fleet.ts';
import { CREATE_REQUESTED } from './machine-names.ts';
import { type MachinePlanDeps, planMachine } from './machine-plan.ts';
import { ago, credentialsText, deployment, NOW, release, row } from './rows.testing.ts';

const REQUESTED = row({ machineId: null, state: CREATE_REQUESTED, address: null });
const listed = (id: string, state = 'started') => machineSchema.parse({ id, state, instance_id: 'i' });

type World = {
  row?: Machine;
  deployment?: Partial<Deployment>;
  /** Machines with the metadata of the release, and those of them with exactly its configuration. */
  made?: ApiMachine[];
  exact?: string[];
  /** Machines that are listed, and that a look by their id misses. */
  unseen?: string[];
  /** How long the list takes. */
  listMs?: number;
  /** Ids in other rows of the deployment. */
  others?: string[];
};

async function find(world: World = {}) {
  let now = NOW;
  const deleted: string[] = [];
  const queries: unknown[] = [];
  const prisma = {
    machine: {
      findMany: async (query: unknown) => {
        queries.push(query);
        return (world.others ?? []).map((machineId) => ({ machineId }));
      },
      updateMany: async () => ({ count: 1 }),
    },
    release: {
      findUniqueOrThrow: async () => ({ ...release(), spec: { runtime: 'npm', name: 'p', version: '1.0.0' } }),
    },
    credentialSet: {
      findUniqueOrThrow: async () => ({
        deploymentId: 'd1',
        version: 1,
        envelope: 'e',
        deployment: { fields: { credentials: [], arguments: [], fixedArguments: [] } },
      }),
    },
  };
  const machines: Partial<MachinesClient> = {
    list: async () => {
      now = new Date(NOW.getTime() + (world.listMs ?? 0));
      return world.made ?? [];
    },
    find: async (_app, id) => {
      const made = (world.made ?? []).find((one) => one.id === id);
      if (!made || world.unseen?.includes(id)) return null;
      const { metadata } = await planMachine(deps, await prisma.release.findUniqueOrThrow(), fleet, 'app');
      const guest = { cpuKind: null, cpus: null, memoryMb: null };
      const changed = world.exact?.includes(id) ? {} : { [METADATA_KEYS.config]: 'another' };
      return { ...made, config: { metadata: { ...metadata, ...changed }, guest } };
    },
    delete: async (_app, id) => {
      deleted.push(id);
      return { accepted: true };
    },
  };
  const deps = {
    prisma,
    envelopes: { open: async (sealed: string) => (sealed === 'e' ? credentialsText() : 'token') },
    installationId: 'i',
    now: () => now,
    passed: { sinceSeen: (moment: Date) => now.getTime() - moment.getTime() },
  } as unknown as MachinePlanDeps & { now: () => Date; passed: PassedTime }; // only these parts are used
  const fleet = {
    app: 'app',
    image: 'image',
    addressModeOf: () => ({ kind: '6pn', app: 'app' }),
    machines,
  } as unknown as Fleet;
  const found = await findCreated(
    deps,
    deployment(world.deployment),
    world.row ?? REQUESTED,
    fleet,
    new AbortController().signal,
  );
  return { ...found, deleted, queries };
}

test('a release that goes on is created again at once when no machine appeared: its name is taken then', async () => {
  expect((await find()).observed).toEqual({ kind: 'absent' });
});

test.each<[string, Partial<Deployment>]>([
  ['is to stop', { desired: 'STOPPED' }],
  ['has failed', { status: 'FAILED' }],
  ['has another target', { targetReleaseId: 'r2' }],
])('a machine of a deployment that %s may still appear for a minute', async (_, over) => {
  expect(CREATE_SETTLE_MS).toBe(60_000);
  const after = async (ms: number) =>
    (await find({ deployment: over, row: { ...REQUESTED, updatedAt: ago(ms) } })).observed;
  expect(await after(59_999)).toEqual({ kind: 'unknown', reason: 'A requested machine may still appear.' });
  expect(await after(60_000)).toEqual({ kind: 'absent' });
});

test('the minute is that of the look, however late its answer comes', async () => {
  const over = {
    deployment: { desired: 'STOPPED' },
    row: { ...REQUESTED, updatedAt: ago(1) },
    listMs: 60_000,
  } as const;
  expect((await find(over)).observed.kind).toBe('unknown');
});

test.each([
  'created',
  'starting',
  'started',
  'restarting',
  'updating',
  'replacing',
  'stopping',
  'stopped',
  'suspended',
  'suspending',
])('adopts a machine in state %s with exactly the configuration of the release', async (state) => {
  const { row: adopted, observed, deleted } = await find({ made: [listed('fly9', state)], exact: ['fly9'] });
  expect([adopted.machineId, adopted.state, observed, deleted]).toMatchObject([
    'fly9',
    state,
    { kind: 'present', state },
    [],
  ]);
});

test('removes no machine that it cannot read yet', async () => {
  const { observed, deleted } = await find({ made: [listed('a'), listed('b')], exact: ['a'], unseen: ['a'] });
  expect([observed.kind, deleted]).toEqual(['unknown', []]);
});

test.each(['started', 'failed', 'launch_failed', 'migrating'])(
  'removes a machine in state %s with another configuration first, and waits for that',
  async (state) => {
    const { observed, deleted } = await find({ made: [listed('old', state)] });
    expect([observed, deleted]).toEqual([
      { kind: 'unknown', reason: 'An older machine of this release is being removed.' },
      ['old'],
    ]);
  },
);

test('adopts no machine that cannot run, even with the same configuration', async () => {
  expect(await find({ made: [listed('a', 'failed')], exact: ['a'] })).toMatchObject({
    observed: { kind: 'unknown' },
    deleted: ['a'],
  });
});

test.each(['destroying', 'migrated', 'unknown'])('leaves a machine in state %s alone, and waits', async (state) => {
  expect(await find({ made: [listed('a', state)], exact: ['a'] })).toMatchObject({
    observed: { kind: 'unknown' },
    deleted: [],
  });
});

test.each(['destroyed', 'replaced'])('a machine in state %s does not count', async (state) => {
  expect(await find({ made: [listed('a', state)], exact: ['a'] })).toMatchObject({
    observed: { kind: 'absent' },
    deleted: [],
  });
});

test('a machine of another row does not count, and only other rows with a machine are asked for', async () => {
  const { observed, deleted, queries } = await find({ made: [listed('a')], exact: ['a'], others: ['a'] });
  expect([observed, deleted]).toEqual([{ kind: 'absent' }, []]);
  expect(queries).toEqual([
    {
      where: { deploymentId: 'd1', id: { not: 'm1' }, machineId: { not: null } },
      select: { machineId: true },
    },
  ]);
});

test('of several machines it adopts the exact one, and removes the others', async () => {
  const made = [listed('a'), listed('b'), listed('c')];
  const { row: adopted, deleted } = await find({ made, exact: ['b'] });
  expect([adopted.machineId, deleted]).toEqual(['b', ['a', 'c']]);
});
