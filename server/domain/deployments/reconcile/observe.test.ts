import { describe, expect, test } from 'vitest';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { machineSchema } from '#deploy/fly/wire.ts';
import type { HostClient } from '#deploy/host-client.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import type { Fleet } from './fleet.ts';
import { CREATE_REQUESTED } from './machine-names.ts';
import { type ObserveDeps, observe } from './observe.ts';
import { ago, deployment, host, NOW, RUNNING, release, row } from './rows.testing.ts';

const ADDRESS = 'http://fly1.vm.app.internal:8080';
const KNOWN = row({ address: ADDRESS });
const started = machineSchema.parse({ id: 'fly1', state: 'started', instance_id: 'i1' });
const stopped = machineSchema.parse({ id: 'fly1', state: 'stopped', instance_id: 'i1' });

type World = {
  rows?: Machine[];
  target?: Release | null;
  find?: MachinesClient['find'];
  list?: MachinesClient['list'];
  status?: HostClient['status'];
  now?: () => Date;
  /** Restarts of stalled machines, the newest first. */
  restarts?: Date[];
  /** Starts of servers that did not answer, the newest first. */
  serverRestarts?: Date[];
  /** Deployments that fail their checks, and all that serve. */
  counts?: [number, number];
};

async function observed(over: Partial<Deployment>, world: World = {}) {
  const calls: string[] = [];
  const queries: unknown[] = [];
  const leaving = new AbortController();
  const counts = [...(world.counts ?? [0, 1])];
  const prisma = {
    release: { findUnique: async () => (world.target === undefined ? release() : world.target) },
    machine: {
      findMany: async () => world.rows ?? [KNOWN],
      updateMany: async () => ({ count: 1 }),
    },
    deployment: {
      count: async (query: unknown) => {
        queries.push(query);
        return counts.shift();
      },
    },
    deploymentEvent: {
      findMany: async (query: unknown) => {
        queries.push(query);
        const ofServer = JSON.stringify(query).includes('server-stalled');
        return ((ofServer ? world.serverRestarts : world.restarts) ?? []).map((at) => ({ at }));
      },
    },
  };
  const find = world.find ?? (async () => started);
  const status = world.status ?? (async () => host('READY'));
  const now = world.now ?? (() => NOW);
  const since = (moment: Date) => now().getTime() - moment.getTime();
  const deps = {
    prisma,
    envelopes: { open: async () => 'token' },
    host: {
      status: (...given: Parameters<HostClient['status']>) => {
        calls.push('status');
        return status(...given);
      },
    },
    now,
    passed: { since, sinceSeen: since },
    installationId: 'i',
  } as unknown as ObserveDeps; // only these parts are used
  const fleet = {
    addressModeOf: () => ({ kind: '6pn', app: 'app' }),
    machines: {
      find: (...given: Parameters<MachinesClient['find']>) => {
        calls.push('find');
        return find(...given);
      },
      list: world.list,
    },
  } as unknown as Fleet; // as above
  const view = await observe(deps, deployment(over), fleet, leaving.signal);
  return { calls, queries, ...view, first: view.machines[0] };
}

const DEPLOYING = { status: 'DEPLOYING', phase: 'STARTING_SERVER' } as const;

describe('a machine that serves', () => {
  test('is proven by its READY host, without the Machines API', async () => {
    const { calls, first } = await observed(RUNNING);
    expect(calls).toEqual(['status']);
    expect(first).toMatchObject({ observed: { kind: 'present', state: 'started' }, host: { phase: 'READY' } });
  });

  test('is looked up when its host is not READY, and the host is not asked twice when it timed out', async () => {
    expect((await observed(RUNNING, { status: async () => host('FAILED') })).calls).toEqual([
      'status',
      'find',
      'status',
    ]);
    const silent = await observed(RUNNING, { status: () => Promise.reject(new Error('timeout')) });
    expect(silent.calls).toEqual(['status', 'find']);
    expect(silent.first?.host).toBe('unreachable');
  });

  test('requests the status again at a new address', async () => {
    const moved = {
      rows: [row({ address: 'http://127.0.0.1:1' })],
      status: () => Promise.reject(new Error('timeout')),
    };
    const { calls, first } = await observed(RUNNING, moved);
    expect(calls).toEqual(['status', 'find', 'status']);
    expect(first?.row.address).toBe(ADDRESS);
  });
});

describe('a machine on its way', () => {
  test('is looked up before its host', async () => {
    const { calls, first } = await observed(DEPLOYING);
    expect(calls).toEqual(['find', 'status']);
    expect(first).toMatchObject({ observed: { state: 'started' }, host: { phase: 'READY' } });
  });

  test.each<[string, Partial<Deployment>, World]>([
    ['it is not started', DEPLOYING, { find: async () => stopped }],
    ['it is absent', DEPLOYING, { find: async () => null }],
    ['it belongs to another release', DEPLOYING, { rows: [row({ releaseId: 'r0' })] }],
    ['the deployment is to stop', { ...DEPLOYING, desired: 'STOPPED' }, {}],
    ['there is no target', DEPLOYING, { target: null }],
  ])('has no host to ask while %s', async (_why, over, world) => {
    const { calls, first } = await observed(over, world);
    expect(calls).toEqual(['find']);
    expect(first?.host).toBeNull();
  });

  test('is confirmed absent, or unknown while the API is away', async () => {
    expect((await observed(DEPLOYING, { find: async () => null })).first?.observed).toEqual({ kind: 'absent' });
    const away = { find: () => Promise.reject(new Error('away')) };
    expect((await observed(DEPLOYING, away)).first?.observed).toEqual({ kind: 'unknown', reason: 'away' });
  });

  test('may be invisible for a minute without being gone', async () => {
    const find = async () => null;
    const seen = async (over: Partial<Machine>) =>
      (await observed(DEPLOYING, { find, rows: [row(over)] })).first?.observed.kind;
    expect(await seen({ machineSince: ago(59_999) })).toBe('unknown');
    expect(await seen({ machineSince: ago(59_999), destroyAt: NOW })).toBe('unknown');
    expect(await seen({ machineSince: ago(59_999), state: 'destroying' })).toBe('absent'); // its deletion was accepted
    expect(await seen({ machineSince: ago(60_000) })).toBe('absent');
  });

  test('is as new as it was when the look began: the answer may be late', async () => {
    let now = ago(0);
    const find = async () => {
      now = new Date(NOW.getTime() + 60_000);
      return null;
    };
    const seen = await observed(DEPLOYING, { find, now: () => now, rows: [row({ machineSince: ago(1) })] });
    expect(seen.first?.observed.kind).toBe('unknown');
  });

  test('was never requested, or is looked for by its metadata when its create got no answer', async () => {
    const never = await observed(DEPLOYING, { rows: [row({ machineId: null, state: null })] });
    expect(never).toMatchObject({ calls: [], first: { observed: { kind: 'absent' } } });
    const requested = row({ machineId: null, state: CREATE_REQUESTED, updatedAt: ago(59_999) });
    const list = async () => [];
    expect((await observed(DEPLOYING, { rows: [requested], list })).first?.observed).toEqual({ kind: 'absent' });
    const over = { ...DEPLOYING, desired: 'STOPPED' } as const;
    expect((await observed(over, { rows: [requested], list })).first?.observed).toMatchObject({ kind: 'unknown' });
    const old = row({ machineId: null, state: CREATE_REQUESTED, updatedAt: ago(60_000) });
    expect((await observed(over, { rows: [old], list })).first?.observed).toEqual({ kind: 'absent' });
  });
});

describe('stalls', () => {
  const failing = { ...RUNNING, healthFailures: 2 } as const;

  test.each<[string, Partial<Deployment>]>([
    ['before the third failed check', { ...RUNNING, healthFailures: 1 }],
    ['while no release serves', { ...DEPLOYING, healthFailures: 2 }],
  ])('are not read %s', async (_when, over) => {
    const { stalls, queries } = await observed(over);
    expect(stalls).toEqual({ count: 0, lastAt: null, serverRestarted: false, isWidespread: false });
    expect(queries).toEqual([]);
  });

  test('are counted within their window', async () => {
    const { stalls, queries } = await observed(failing, { restarts: [ago(1_000), ago(2_000)] });
    expect(stalls).toMatchObject({ count: 2, lastAt: ago(1_000) });
    expect(queries[0]).toMatchObject({ where: { deploymentId: 'd1', data: { path: ['setback'], equals: 'stalled' } } });
    for (const query of queries.slice(0, 2)) expect(query).toMatchObject({ where: { at: { gt: ago(3_600_000) } } });
    expect((await observed(failing)).stalls).toMatchObject({ count: 0, lastAt: null });
  });

  test.each<[string, Date[], boolean]>([
    ['not before the last good check', [ago(60_001)], false],
    ['since the last good check', [ago(59_999)], true],
    ['three times within the window', [ago(61_000), ago(62_000), ago(63_000)], true],
  ])('count the starts of a silent server: %s', async (_when, serverRestarts, expected) => {
    const { stalls } = await observed({ ...failing, lastHealthyAt: ago(60_000) }, { serverRestarts });
    expect(stalls.serverRestarted).toBe(expected);
  });

  test.each<[number, number, boolean]>([
    [2, 2, false],
    [3, 6, false],
    [3, 5, true],
  ])('are widespread when %i of %i deployments fail: %s', async (count, all, isWidespread) => {
    const { stalls, queries } = await observed(failing, { counts: [count, all] });
    expect(stalls.isWidespread).toBe(isWidespread);
    expect(queries[2]).toMatchObject({ where: { desired: 'RUNNING', healthFailures: { gte: 2 } } });
  });
});
