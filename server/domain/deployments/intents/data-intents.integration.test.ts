import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createKeptData } from '#deploy/local/kept-data.ts';
import { testDatabaseKind } from '#prisma/test-database.testing.ts';
import { openSimulation, type Simulation } from '../testing/simulation.testing.ts';
import { createDataService } from './data-intents.ts';

let world: Simulation;
beforeAll(async () => {
  world = await openSimulation();
});
afterAll(() => world.close());

const stopped = async (): Promise<string> => {
  const id = await world.deploy();
  await world.prisma.deployment.update({ where: { id }, data: { desired: 'STOPPED', status: 'STOPPED', phase: null } });
  await world.prisma.machine.deleteMany({ where: { deploymentId: id } });
  return id;
};

/** `during` runs while files are copied. */
const open = async (during: () => Promise<unknown>) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'catwalk-data-intents-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const kept = createKeptData(dataDir, async () => {
    await during();
    return Number.POSITIVE_INFINITY;
  });
  const data = createDataService({ database: world.database, keptFilesOf: async () => kept });
  return { data, left: () => readdir(join(dataDir, 'kept')) };
};

const inUse = { code: 'CONFLICT', message: 'The server may be using its files now.' };

test('files of a deployment that was started during the copy are not handed out', async () => {
  const [from, to] = [await stopped(), await stopped()];
  const started = await open(async () => {
    await world.service.start(world.actor, from);
    await world.prisma.deployment.update({ where: { id: from }, data: { desired: 'STOPPED', status: 'STOPPED' } });
  });
  await expect(started.data.download(world.actor, from)).rejects.toMatchObject(inUse);
  await expect(started.data.copy(world.actor, { fromId: from, toId: to })).rejects.toMatchObject(inUse);
  await expect.poll(started.left).toEqual([]);
});

test('the database is free while files are copied', async () => {
  const [from, to] = [await stopped(), await stopped()];
  let changes = 0;
  const { data } = await open(async () => {
    await world.database.transaction((tx) => tx.user.findFirst());
    changes += 1;
  });
  await data.copy(world.actor, { fromId: from, toId: to });
  (await data.download(world.actor, from)).destroy();
  expect(changes).toBe(2);
});

test('copies in both directions at once take turns', async () => {
  const [one, other] = [await stopped(), await stopped()];
  const { data } = await open(async () => {});
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holder = world.database.transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "Deployment" ORDER BY "id" FOR UPDATE`;
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  const copies = [
    data.copy(world.actor, { fromId: one, toId: other }),
    data.copy(world.actor, { fromId: other, toId: one }),
  ];
  // Each waits for its first row. The embedded database has one connection, on which transactions take turns.
  if (testDatabaseKind() === 'postgres') await expect.poll(waiting).toBe(2);
  release.resolve();
  await holder;
  expect(await Promise.allSettled(copies)).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
});

/** Locks of rows for which transactions of this database wait. */
const waiting = async (): Promise<number> => {
  const [row] = await world.prisma.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return Number(row?.count ?? 0);
};
