import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Actor } from '#server/domain/actor.ts';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { createOwnerIntents } from './owner-intents.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const ADMIN: Actor = { userId: 'admin', role: 'ADMIN', scope: 'WRITE', via: 'session', ip: null };

let rows: Rows;
beforeAll(async () => {
  rows = await openRows();
  for (const id of ['bob', ADMIN.userId])
    await rows.prisma.user.create({ data: { id, name: id, email: `${id}@example.com` } });
});
afterAll(() => rows?.close());
beforeEach(() => rows.prisma.deployment.deleteMany());

const intents = () => createOwnerIntents({ events: rows.events, now: () => NOW, admitMachine: async () => {} });
const all = () => rows.prisma.deployment.findMany({ orderBy: { name: 'asc' } });
const audited = async (type: string) =>
  (await rows.prisma.auditEvent.findMany({ where: { type } })).map(({ deploymentId, ownerId }) => [
    deploymentId,
    ownerId,
  ]);

test('stops what is not stopped, gives up releases on their way, and leaves other owners alone', async () => {
  const { id } = await rows.addDeployment({ name: '1', generation: 3, attempts: 2, restartGeneration: 1 });
  const [first, second] = [await rows.addRelease(id, 1), await rows.addRelease(id, 2)];
  await rows.setDeployment(id, { currentReleaseId: first.id, targetReleaseId: second.id });
  await rows.addDeployment({ name: '2', desired: 'STOPPED' });
  await rows.addDeployment({ name: '3', desired: 'DELETED' });
  await rows.addDeployment({ name: '4', ownerId: 'bob' });
  await rows.inTransaction((tx) => intents().stopAll(tx, ADMIN, rows.owner));
  expect(await all()).toMatchObject([
    {
      desired: 'STOPPED',
      generation: 4,
      attempts: 0,
      nextCheckAt: NOW,
      restartGeneration: null,
      targetReleaseId: first.id,
    },
    { desired: 'STOPPED', generation: 1 },
    { desired: 'DELETED', generation: 1 },
    { desired: 'RUNNING', generation: 1 },
  ]);
  expect(await audited('deployment.stopped')).toEqual([[id, rows.owner]]);
  expect((await rows.eventsOf(id)).map(({ message }) => message)).toEqual(['Stop was requested.']);
});

test('deletes all, also what is stopped, and none twice', async () => {
  const first = await rows.addDeployment({ name: '1', phase: 'INSTALLING' });
  const second = await rows.addDeployment({ name: '2', desired: 'STOPPED', status: 'STOPPED' });
  await rows.addDeployment({ name: '3', desired: 'DELETED' });
  await rows.addDeployment({ name: '4', ownerId: 'bob' });
  await rows.inTransaction((tx) => intents().deleteAll(tx, ADMIN, rows.owner));
  expect(await all()).toMatchObject([
    { desired: 'DELETED', status: 'DELETING', phase: null, generation: 2, nextCheckAt: NOW },
    { desired: 'DELETED', status: 'DELETING', generation: 2 },
    { desired: 'DELETED', generation: 1 },
    { desired: 'RUNNING' },
  ]);
  const entries = await audited('deployment.deleted');
  expect(entries).toHaveLength(2);
  expect(entries).toEqual(
    expect.arrayContaining([
      [first.id, rows.owner],
      [second.id, rows.owner],
    ]),
  );
});
