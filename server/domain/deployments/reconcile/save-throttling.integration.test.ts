import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { HeldBack } from '#deploy/host/contract.ts';
import { openSimulation, type Simulation } from '../testing/simulation.testing.ts';
import { NOW } from './rows.testing.ts';
import { saveThrottling } from './save-throttling.ts';
import type { Step } from './step.ts';

/** No worker runs: these tests read the written rows. */
let world: Simulation;
let id: string;
beforeAll(async () => {
  world = await openSimulation();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.prisma.deployment.deleteMany();
  id = await world.deploy();
  await world.prisma.deployment.update({ where: { id }, data: { leaseOwner: 'me' } });
});

const HOUR_MS = 60 * 60_000;
const THROTTLED: HeldBack = { wallMs: 300_000, heldBackMs: 250_000 };

const save = async (running: HeldBack | null, { region = 'iad', leaseOwner = 'me', afterMs = 0 } = {}) => {
  const deployment = await world.prisma.deployment.findUniqueOrThrow({ where: { id } });
  const { prisma, database, events } = world;
  const step = {
    deps: { prisma, database, events, now: () => new Date(NOW.getTime() + afterMs) },
    view: { deployment },
    guard: { generation: deployment.generation, leaseOwner },
  } as unknown as Step; // what saving needs of it
  const release = { id: deployment.targetReleaseId ?? '', processor: 'shared-cpu-1x', region };
  await saveThrottling(step, release, { heldBack: { install: null, start: null, running } });
};
const sentences = async () =>
  (await world.prisma.deploymentEvent.findMany({ where: { deploymentId: id }, orderBy: { id: 'asc' } }))
    .map(({ message }) => message)
    .filter((message) => message.includes('throttled'));

test('says once in six hours that the processor of a running machine was throttled', async () => {
  for (const afterMs of [0, 30_000, HOUR_MS, 5.9 * HOUR_MS]) await save(THROTTLED, { afterMs });
  expect(await sentences()).toEqual([
    'The processor was throttled for 250 of 300 s while the server ran: shared-cpu-1x sustains 6 % of a core.' +
      ' shared-cpu-2x sustains 2 times as much.',
  ]);
  await save(THROTTLED, { afterMs: 6.1 * HOUR_MS });
  expect(await sentences()).toHaveLength(2);
});

test.each<[string, HeldBack | null, object]>([
  ['nothing was measured', null, {}],
  ['too little was seen yet', { wallMs: 59_999, heldBackMs: 59_000 }, {}],
  ['it was a small part of the time', { wallMs: 300_000, heldBackMs: 50_000 }, {}],
  ['nothing limits the processor', THROTTLED, { region: 'local' }],
  ['another worker has the row', THROTTLED, { leaseOwner: 'another' }],
])('says nothing when %s', async (_case, running, options) => {
  await save(running, options);
  expect(await sentences()).toEqual([]);
});
