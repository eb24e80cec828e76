import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import type { Actor } from '#server/domain/actor.ts';
import { forgetAddresses } from '../retention/forget-addresses.ts';
import { writeAudit } from './audit.ts';
import type { AuditEntry } from './entries.ts';
import { readAudit } from './read.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());

const ann: Actor = { userId: 'ann', role: 'MEMBER', scope: 'WRITE', via: 'session', ip: '192.0.2.7' };
const write = (entry: AuditEntry, who = ann) => writeAudit(database.prisma, { actor: who, ownerId: who.userId }, entry);

test('refuses every change and removal of audit entries', async () => {
  await write({ type: 'deployment.stopped' });
  const { prisma } = database;
  const written = await prisma.auditEvent.findMany();
  for (const attempt of [
    () => prisma.auditEvent.updateMany({ data: { actor: 'nobody' } }),
    () => prisma.auditEvent.deleteMany({ where: { ownerId: 'ann' } }),
    () => prisma.$executeRaw`DELETE FROM "AuditEvent"`,
    () => prisma.$executeRaw`TRUNCATE "AuditEvent"`,
  ]) {
    await expect(attempt()).rejects.toThrow(); // what it says depends on the driver
  }
  expect(written).toHaveLength(1);
  expect(await prisma.auditEvent.findMany()).toEqual(written);
});

test('the network address goes after 90 days, and nothing else of an entry changes', async () => {
  const { prisma } = database;
  const now = new Date();
  const entry = (days: number) => ({
    ...{ ownerId: 'dan', actor: 'dan', type: 'deployment.started', ip: '192.0.2.9', data: {} },
    at: new Date(now.getTime() - days * 86_400_000),
  });
  await prisma.auditEvent.createMany({ data: [entry(91), entry(89)] });
  const [old] = await prisma.auditEvent.findMany({ where: { ownerId: 'dan' }, orderBy: { id: 'asc' } });
  const where = { id: old?.id ?? 0n };
  await expect(prisma.auditEvent.updateMany({ where, data: { ip: '192.0.2.1' } })).rejects.toThrow();
  await expect(prisma.auditEvent.updateMany({ where, data: { ip: null, actor: 'eve' } })).rejects.toThrow();
  expect(await forgetAddresses({ prisma, now: () => now }, new AbortController().signal)).toBe(1);
  const rows = await prisma.auditEvent.findMany({ where: { ownerId: 'dan' }, orderBy: { id: 'asc' } });
  expect(rows.map(({ ip }) => ip)).toEqual([null, '192.0.2.9']);
  await expect(prisma.auditEvent.updateMany({ where: { ownerId: 'dan' }, data: { ip: null } })).rejects.toThrow();
});

test('removes an entry with the change that it describes', async () => {
  const before = await database.prisma.auditEvent.count();
  const failing = database.transaction(async (tx) => {
    await writeAudit(tx, { actor: ann, ownerId: 'ann' }, { type: 'deployment.started' });
    throw new Error('The change failed.');
  });
  await expect(failing).rejects.toThrow('The change failed.');
  expect(await database.prisma.auditEvent.count()).toBe(before);
});

test('stores the fields that the type of an entry names, and no others', async () => {
  const smuggled = { type: 'api-token.created', tokenId: '1', name: 'x', token: 'cw_secret' } as const;
  await write(smuggled);
  const row = await database.prisma.auditEvent.findFirstOrThrow({ where: { type: 'api-token.created' } });
  expect(row).toMatchObject({ actor: 'ann', ip: '192.0.2.7', data: { tokenId: '1', name: 'x' } });
  expect(JSON.stringify(row.data)).not.toContain('cw_secret');
  const wrong = { type: 'user.signed-in' } as unknown as AuditEntry; // as untyped code could
  await expect(write(wrong)).rejects.toThrow();
});

test('returns the entries of one owner page by page, newest first, each once, by the filter', async () => {
  const bob: Actor = { ...ann, userId: 'bob' };
  for (let index = 0; index < 5; index += 1) await write({ type: 'deployment.started' }, bob);
  await database.prisma.auditEvent.createMany({
    data: Array.from({ length: 1_200 }, (_, index) => ({
      ownerId: 'carol',
      actor: 'carol',
      type: index % 2 === 0 ? 'deployment.started' : 'deployment.stopped',
      at: new Date(Date.UTC(2026, 0, 1, 0, index)),
      data: {},
    })),
  });
  const read = async (filter: Parameters<typeof readAudit>[2]) => {
    const ids: bigint[] = [];
    for await (const { id } of readAudit(database.prisma, 'carol', filter)) ids.push(id);
    return ids;
  };
  const all = await read({});
  expect(all).toHaveLength(1_200);
  expect(new Set(all).size).toBe(1_200);
  expect(all).toEqual([...all].sort((a, b) => (a < b ? 1 : -1)));
  expect(await read({ types: ['deployment.stopped'] })).toHaveLength(600);
  expect(await read({ since: new Date('2026-01-01T01:00:00Z'), until: new Date('2026-01-01T02:00:00Z') })).toHaveLength(
    60,
  );
});
