import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSimulation, type Simulation } from '../testing/simulation.testing.ts';
import { type ReconcileDeps, reconcile } from './reconcile.ts';
import { machinesError } from './step.testing.ts';

const NOW = new Date('2027-01-01T00:00:00Z');

/** No worker runs: the tests are the worker. */
let world: Simulation;
beforeAll(async () => {
  world = await openSimulation();
});
afterAll(() => world.close());

/** A deployment in the given state, on which one worker works once for each call of `work`. */
async function open(columns: object, findFleet: () => Promise<unknown>) {
  const id = await world.deploy();
  await world.prisma.deployment.update({ where: { id }, data: columns });
  const failuresInARow = new Map<string, number>();
  const pauses: number[] = [];
  const leaving = new AbortController();
  const parts = {
    prisma: world.prisma,
    database: world.database,
    events: world.events,
    now: () => NOW,
    healthIntervalMs: 30_000,
    findFleet,
    pause: async (_id: string, milliseconds: number) => void pauses.push(milliseconds),
    failuresInARow,
    timers: { every: () => () => {}, after: () => () => {} },
  };
  const deps = parts as unknown as ReconcileDeps; // a worker without machines uses only these parts
  /** Returns the error of the work, and for how long the row rests after it; null: until the next intent. */
  const work = async () => {
    await world.prisma.deployment.update({ where: { id }, data: { leaseOwner: 'me' } });
    const error = await reconcile(deps, id, 'me', leaving.signal).catch((one: unknown) => one);
    const row = await world.prisma.deployment.findUniqueOrThrow({ where: { id } });
    expect(row.leaseOwner).toBeNull();
    return { error, row, restMs: row.nextCheckAt && row.nextCheckAt.getTime() - NOW.getTime() };
  };
  return { id, work, pauses, failuresInARow };
}

const RUNNING = { status: 'RUNNING', phase: null } as const;
const STOPPED = { status: 'STOPPED', desired: 'STOPPED', phase: null } as const;
const failing = (error: Error) => () => Promise.reject(error);

test('after unexpected errors a row rests for half a second, then twice as long each time, for half a minute at most', async () => {
  const { work } = await open(RUNNING, failing(new Error('broken')));
  const rests: (number | null)[] = [];
  for (let count = 0; count < 8; count += 1) {
    const { error, restMs } = await work();
    expect(error).toMatchObject({ message: 'broken' });
    rests.push(restMs);
  }
  expect(rests).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test.each([
  ['unexpected errors', new Error('broken')],
  ['failures of the Machines API', machinesError('unavailable')],
])('a deployment that runs never fails by %s of its worker, however many there are', async (_what, error) => {
  const { id, work, failuresInARow } = await open(RUNNING, failing(error));
  failuresInARow.set(id, 1_000);
  expect((await work()).row).toMatchObject({ status: 'RUNNING', failure: null });
});

test('a worker keeps the row for pauses of up to two seconds, and gives it back for longer ones', async () => {
  const { work, pauses } = await open(RUNNING, failing(machinesError('unavailable')));
  const { error, restMs } = await work();
  expect([error, pauses, restMs]).toEqual([undefined, [500, 1_000, 2_000], 4_000]);
});

test('the fifth failure in a row tells the owner the reason, once', async () => {
  const { id, work } = await open(RUNNING, failing(machinesError('unavailable')));
  const stuck = () =>
    world.prisma.deploymentEvent.count({ where: { deploymentId: id, message: { contains: 'stuck' } } });
  const counts: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    await work(); // the first time it fails four times before it gives the row back
    counts.push(await stuck());
  }
  expect(counts).toEqual([0, 1, 1]);
});

test('a release on its way fails after eight unexpected errors in a row', async () => {
  const { work } = await open({ phaseSince: NOW }, failing(new Error('broken')));
  for (let count = 0; count < 8; count += 1) expect((await work()).row.status).toBe('DEPLOYING');
  expect((await work()).row).toMatchObject({ status: 'FAILED', failure: { code: 'INTERNAL' } });
});

test('a row in its desired state rests until the next intent, and its failures are forgotten', async () => {
  const { id, work, failuresInARow } = await open(STOPPED, async () => ({ machines: {}, app: 'a' }));
  failuresInARow.set(id, 3);
  expect(await work()).toMatchObject({ error: undefined, restMs: null });
  expect(failuresInARow.has(id)).toBe(false);
});
