import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { ensureInstallation } from './installation.ts';
import { ensureOwner } from './owner.ts';
import { OWNER_EMAIL } from './reserved-address.ts';

let database: Database;
beforeEach(async () => {
  database = await openTestDatabase();
  await ensureInstallation(database.prisma);
});
afterEach(() => database?.close());

const administrators = async () => {
  const users = await database.prisma.user.findMany({ where: { role: 'ADMIN' }, select: { id: true } });
  return users.map(({ id }) => id);
};
const addUser = (email: string, role: 'ADMIN' | 'MEMBER', createdAt: string) =>
  database.prisma.user.create({ data: { id: randomUUID(), name: email, email, role, createdAt: new Date(createdAt) } });
const addDeployment = (ownerId: string) =>
  database.prisma.deployment.create({
    data: { ownerId, name: 'Weather', source: 'weather', region: 'local', memoryMb: 256, fields: {} },
  });

test('several instances that start at once make one administrator', async () => {
  const owners = await Promise.all(Array.from({ length: 5 }, () => ensureOwner(database)));
  expect(new Set(owners.map(({ id }) => id)).size).toBe(1);
  expect(await administrators()).toEqual([owners[0]?.id]);
});

test('the administrator stays the same after they change their address', async () => {
  const before = await ensureOwner(database);
  await database.prisma.user.update({ where: { id: before.id }, data: { email: 'ada@example.com' } });
  expect(await ensureOwner(database)).toEqual(before);
  expect(await administrators()).toEqual([before.id]);
});

test('a member at the address that the administrator had before does not become the owner', async () => {
  const { id } = await ensureOwner(database);
  await database.prisma.user.update({ where: { id }, data: { email: 'ada@example.com' } });
  await addUser(OWNER_EMAIL, 'MEMBER', '2026-11-01');
  await database.prisma.installation.updateMany({ data: { ownerId: null } }); // as before the column was there
  expect(await ensureOwner(database)).toEqual({ id });
});

test('keeps the first of two administrators, who receives the deployments of the second', async () => {
  const first = await addUser('ada@example.com', 'ADMIN', '2026-11-01');
  const second = await addUser(OWNER_EMAIL, 'ADMIN', '2026-11-02');
  const member = await addUser('bob@example.com', 'MEMBER', '2026-10-01');
  const [own, moved, others] = await Promise.all([first, second, member].map(({ id }) => addDeployment(id)));
  await database.prisma.machineApp.create({ data: { app: 'shared', ownerId: second.id } });
  await database.prisma.session.create({
    data: { id: 's', token: 't', userId: second.id, expiresAt: new Date('2027-01-01') },
  });

  expect(await ensureOwner(database)).toEqual({ id: first.id });
  expect(await administrators()).toEqual([first.id]);
  const ownerOf = async (id = '') => (await database.prisma.deployment.findUniqueOrThrow({ where: { id } })).ownerId;
  expect(await ownerOf(own?.id)).toBe(first.id);
  expect(await ownerOf(moved?.id)).toBe(first.id);
  expect(await ownerOf(others?.id)).toBe(member.id);
  expect(await database.prisma.machineApp.count({ where: { app: 'shared', ownerId: first.id } })).toBe(1);
  expect(await database.prisma.session.count()).toBe(0);
  const trail = await database.prisma.auditEvent.findMany({ orderBy: { id: 'asc' } });
  expect(trail.map(({ ownerId, actor, type }) => ({ ownerId, actor, type }))).toEqual([
    { ownerId: second.id, actor: 'system', type: 'user.updated' },
    { ownerId: first.id, actor: 'system', type: 'user.updated' },
  ]);
  expect(await ensureOwner(database), 'the next start changes nothing').toEqual({ id: first.id });
  expect(await database.prisma.auditEvent.count()).toBe(2);
});
