import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#prisma/client.ts';
import { startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { applyRetention, RETENTION_RULES } from './retention.ts';

const NOW = new Date('2026-06-30T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const never = new AbortController().signal;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

describe.each(['pglite', 'postgres'] as const)('on %s', (kind) => {
  let database: Database;
  let deploymentId: string;
  beforeAll(async () => {
    database = await openDatabase(
      kind === 'pglite' ? { kind, directory: null } : { kind: 'postgres', url: postgres.url },
    );
    const { prisma } = database;
    await prisma.user.create({ data: { id: 'ada', name: 'Ada', email: 'ada@example.com' } });
    const deployment = await prisma.deployment.create({
      data: { ownerId: 'ada', name: 'Weather', source: 'weather-mcp', region: 'local', memoryMb: 256 },
    });
    deploymentId = deployment.id;
  });
  afterAll(() => database.close());
  const apply = () => applyRetention({ prisma: database.prisma, now: () => NOW }, never);

  it('every rule is one that the database understands', async () => {
    expect(await apply()).toEqual(new Map());
    expect(RETENTION_RULES.every(({ keepDays }) => keepDays >= 1)).toBe(true);
  });

  it('removes usage beyond its days, in batches, and no day more', async () => {
    const row = (day: Date, tool: string) => ({
      ...{ deploymentId, day, tool, method: 'tools/call', status: 200, era: 'legacy', caller: 'x', cold: false },
      ...{ calls: 1, errors: 0, bytesIn: 1n, bytesOut: 1n, durationMs: 1, buckets: [1] },
    });
    const old = Array.from({ length: 6_000 }, (_, index) => row(daysAgo(91), `tool ${index}`));
    await database.prisma.usageRollup.createMany({ data: [...old, row(daysAgo(90), 'kept'), row(NOW, 'kept')] });
    expect(await apply()).toEqual(new Map([['usage', 6_000]]));
    expect(await database.prisma.usageRollup.count()).toBe(2);
  });

  it('forgets OAuth clients without connections, and keeps those in use with all that they need', async () => {
    const { prisma } = database;
    const client = (id: string, seen: Date) => ({ id, source: 'REGISTRATION', name: id, lastSeenAt: seen }) as const;
    const [connected, forgotten, lately] = ['connected', 'forgotten', 'lately'].map((id) => `${id} client`);
    await prisma.oAuthClient.createMany({
      data: [
        client(`${connected}`, daysAgo(400)),
        client(`${forgotten}`, daysAgo(181)),
        client(`${lately}`, daysAgo(179)),
      ],
    });
    const connection = (clientId: string, grant: { expiresAt: Date; revokedAt?: Date }) =>
      prisma.oAuthConnection.create({
        data: {
          ...{ deploymentId, userId: 'ada', clientId, createdAt: daysAgo(200) },
          grants: {
            create: {
              ...grant,
              refreshTokens: {
                create: [
                  {
                    hash: Buffer.from(randomUUID()),
                    createdAt: daysAgo(9),
                    expiresAt: daysAgo(-80),
                    usedAt: daysAgo(8),
                  },
                  { hash: Buffer.from(randomUUID()), createdAt: daysAgo(8), expiresAt: daysAgo(-80) },
                ],
              },
            },
          },
        },
      });
    await connection(`${connected}`, { expiresAt: daysAgo(-80) });
    await connection(`${forgotten}`, { expiresAt: daysAgo(-80), revokedAt: daysAgo(8) });
    const removed = await apply();
    expect(removed.get('OAuth clients')).toBe(1);
    const left = await prisma.oAuthClient.findMany({ orderBy: { id: 'asc' }, select: { id: true } });
    expect(left.map(({ id }) => id)).toEqual([connected, lately]);
    expect(await prisma.oAuthRefreshToken.count()).toBe(1);
    await prisma.oAuthClient.deleteMany();
  });

  it('forgets the sessions of a deployment that has slept for more than a week', async () => {
    const kept = (sessionId: string, createdAt: Date) => ({
      ...{ deploymentId, machineId: 'm', sessionId, createdAt },
      session: { id: sessionId },
    });
    await database.prisma.keptSession.createMany({ data: [kept('old', daysAgo(8)), kept('new', daysAgo(6))] });
    expect(await apply()).toEqual(new Map([['sessions kept asleep', 1]]));
    expect(await database.prisma.keptSession.findMany()).toMatchObject([{ sessionId: 'new' }]);
    await database.prisma.keptSession.deleteMany();
  });

  it('keeps the token that people made, and removes the one of the playground that is over', async () => {
    const token = (more: object) => ({
      ...{ deploymentId, name: 'a token', hash: Buffer.from(randomUUID()), prefix: 'cwt_' },
      ...more,
    });
    await database.prisma.accessToken.createMany({
      data: [
        token({ kind: 'PLAYGROUND', expiresAt: daysAgo(2) }),
        token({ kind: 'PLAYGROUND', expiresAt: NOW }),
        token({ kind: 'USER', expiresAt: daysAgo(300) }),
      ],
    });
    expect(await apply()).toEqual(new Map([['playground tokens', 1]]));
  });

  it('keeps the last alert of a deployment that exists: its recovery is still to be reported', async () => {
    const alert = (id: string, days: number, more: object = {}) => ({
      ...{ deploymentId: id, kind: 'failed', data: {}, at: daysAgo(days), dueAt: null },
      ...more,
    });
    const deleted = randomUUID();
    await database.prisma.alert.createMany({
      data: [
        alert(deploymentId, 50),
        alert(deploymentId, 40),
        alert(deleted, 50),
        alert(deleted, 40),
        alert(deleted, 2),
      ],
    });
    await apply();
    const left = await database.prisma.alert.findMany({ orderBy: { at: 'asc' } });
    expect(left.map((row) => [row.deploymentId, row.at])).toEqual([
      [deploymentId, daysAgo(40)],
      [deleted, daysAgo(2)],
    ]);
  });
});
