import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ContainedAct } from '#deploy/host/wall-contract.ts';
import { openSimulation, type Simulation } from '../testing/simulation.testing.ts';
import { host, NOW } from './rows.testing.ts';
import { saveWallReports } from './save-wall-reports.ts';
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

const act = (changes: Partial<ContainedAct> = {}): ContainedAct => ({
  rule: 'EGRESS_NOT_LISTED',
  subject: 'api.example.com:443',
  entry: 'api.example.com:443',
  count: 1,
  firstAt: NOW.toISOString(),
  lastAt: NOW.toISOString(),
  ...changes,
});

const save = async (contained: ContainedAct[], leaseOwner = 'me', reached: string[] = []) => {
  const deployment = await world.prisma.deployment.findUniqueOrThrow({ where: { id } });
  const { prisma, database, events } = world;
  const step = {
    deps: { prisma, database, events, now: () => NOW },
    view: { deployment },
    guard: { generation: deployment.generation, leaseOwner },
  } as unknown as Step; // what saving needs of it
  await saveWallReports(step, deployment.targetReleaseId ?? '', { ...host('READY'), contained, reached });
};
const acts = () => world.prisma.containedAct.findMany({ where: { deploymentId: id }, orderBy: { lastAt: 'desc' } });
const eventsOfRules = async () =>
  (await world.prisma.deploymentEvent.findMany({ where: { deploymentId: id }, orderBy: { id: 'asc' } }))
    .filter(({ data }) => data !== null && typeof data === 'object' && 'rule' in data)
    .map(({ message }) => message);

test('an act is an event once, and a row that counts on', async () => {
  await save([act()]);
  await save([act({ count: 3, lastAt: new Date(NOW.getTime() + 1_000).toISOString() })]);
  expect(await acts()).toMatchObject([{ subject: 'api.example.com:443', count: 3, entry: 'api.example.com:443' }]);
  expect(await eventsOfRules()).toEqual([
    'The server tried to reach api.example.com:443, which its list of hosts does not name.',
  ]);
});

test('a server that tries one name after another fills neither the timeline nor the table', async () => {
  for (let from = 0; from < 300; from += 100)
    await save(
      Array.from({ length: 100 }, (_, index) =>
        act({ subject: `h${from + index}.example`, lastAt: new Date(NOW.getTime() + from + index).toISOString() }),
      ),
    );
  expect(await acts()).toHaveLength(200);
  expect((await acts())[0]?.subject).toBe('h299.example');
  expect(await eventsOfRules()).toHaveLength(60);
});

test('a worker that has lost the row writes nothing', async () => {
  await save([act()], 'another');
  expect(await acts()).toEqual([]);
});

test('what a host of another version reports is left out', async () => {
  await save([act({ rule: 'toString' as ContainedAct['rule'] }), act({ subject: 'x'.repeat(400) })]);
  expect(await acts()).toEqual([]);
});

test('keeps what a server was seen to reach, each once and up to a hundred', async () => {
  const reached = async () => (await world.prisma.deployment.findUniqueOrThrow({ where: { id } })).egressReached;
  await save([], 'me', ['api.example.com', 'no host']);
  await save([], 'me', ['API.example.com', 'db.example.com:5432']);
  await save([], 'another', ['late.example.com']);
  expect(await reached()).toEqual(['api.example.com', 'db.example.com:5432']);
  const many = Array.from({ length: 150 }, (_, index) => `h${index}.example`);
  await save([], 'me', many);
  expect(await reached()).toHaveLength(100);
});
