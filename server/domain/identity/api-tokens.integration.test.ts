import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createAccessTokenService } from '../access/service.ts';
import type { Actor } from '../actor.ts';
import { createApiTokenService } from './api-tokens.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const EXPIRY = new Date('2026-06-02T00:00:00Z');
const person: Actor = { userId: 'ann', role: 'MEMBER', scope: 'WRITE', via: 'session', ip: null };

let database: Database;
let published: string[] = [];
beforeAll(async () => {
  database = await openTestDatabase();
  await database.prisma.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.com' } });
});
afterAll(() => database?.close());
beforeEach(() => {
  published = [];
});

const open = () => {
  const deps = {
    prisma: database.prisma,
    transaction: database.transaction,
    events: { publish: async (_tx: unknown, topic: string, id: string) => void published.push(`${topic} ${id}`) },
    clock: () => NOW,
  };
  return { apiTokens: createApiTokenService(deps), accessTokens: createAccessTokenService(deps) };
};
const addDeployment = async () => {
  const data = { ownerId: 'ann', name: 'W', source: 'w', region: 'local', memoryMb: 256, fields: {} };
  return (await database.prisma.deployment.create({ data })).id;
};
const actorOf = async (token: string): Promise<Actor> => {
  const actor = await open().apiTokens.authenticate(token, null);
  if (actor === null) throw new Error('The token does not work.');
  return actor;
};
const liveTokensOf = (deploymentId: string) =>
  database.prisma.accessToken.findMany({ where: { deploymentId, revokedAt: null }, orderBy: { createdAt: 'asc' } });

test('a revoked API token takes along what was made with it, and with what it made', async () => {
  const { apiTokens, accessTokens } = open();
  const deploymentId = await addDeployment();
  const leaked = await apiTokens.create(person, { name: 'leaked', scope: 'WRITE', expiresAt: null });
  const second = await apiTokens.create(await actorOf(leaked.token), { name: '2', scope: 'WRITE', expiresAt: null });
  const third = await apiTokens.create(await actorOf(second.token), { name: '3', scope: 'WRITE', expiresAt: null });
  await accessTokens.create(await actorOf(leaked.token), { deploymentId, name: 'by the first' });
  await accessTokens.create(await actorOf(third.token), { deploymentId, name: 'by the third' });
  await accessTokens.createPlayground(await actorOf(third.token), deploymentId);
  await accessTokens.create(person, { deploymentId, name: 'by the person' });
  published = [];

  await apiTokens.revoke(person, leaked.id);
  expect((await liveTokensOf(deploymentId)).map(({ name }) => name)).toEqual(['by the person']);
  for (const { token } of [leaked, second, third]) expect(await apiTokens.authenticate(token, null)).toBeNull();
  expect(published).toContain(`access ${deploymentId}`); // open streams end when it arrives
});

test('a revoked API token leaves alone what was made without it', async () => {
  const { apiTokens, accessTokens } = open();
  const deploymentId = await addDeployment();
  const one = await apiTokens.create(person, { name: 'one', scope: 'WRITE', expiresAt: null });
  const other = await apiTokens.create(person, { name: 'other', scope: 'WRITE', expiresAt: null });
  await accessTokens.create(await actorOf(other.token), { deploymentId, name: 'by the other' });
  await apiTokens.revoke(person, one.id);
  expect(await liveTokensOf(deploymentId)).toHaveLength(1);
  expect(await apiTokens.authenticate(other.token, null)).not.toBeNull();
});

test('a token of an endpoint works no longer than the API token that made it', async () => {
  const { apiTokens, accessTokens } = open();
  const deploymentId = await addDeployment();
  const { token } = await apiTokens.create(person, { name: 'day', scope: 'WRITE', expiresAt: EXPIRY });
  const actor = await actorOf(token);
  await accessTokens.create(actor, { deploymentId, name: 'without an end' });
  await accessTokens.create(actor, { deploymentId, name: 'longer', expiresAt: new Date('2027-01-01') });
  const sooner = new Date(NOW.getTime() + 60_000);
  await accessTokens.create(actor, { deploymentId, name: 'sooner', expiresAt: sooner });
  const ends = new Map((await liveTokensOf(deploymentId)).map(({ name, expiresAt }) => [name, expiresAt]));
  expect(Object.fromEntries(ends)).toEqual({ 'without an end': EXPIRY, longer: EXPIRY, sooner });
});
