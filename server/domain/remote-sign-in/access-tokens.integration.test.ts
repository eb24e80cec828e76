import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { addDeployment } from '#server/compose/app.testing.ts';
import {
  type AuthorizationServer,
  openAuthorizationServer,
} from '../../../tests/fixtures/remote/authorization-server.ts';
import { createEnvelopes } from '../credentials/envelope.ts';
import { createKeyRing } from '../credentials/key-ring.ts';
import { createEvents } from '../events.ts';
import { createSafeFetch } from '../outbound/safe-fetch.ts';
import { createRemoteAccessTokens, SignInEndedError } from './access-tokens.ts';
import { openConnection, sealConnection } from './connection.ts';

const URL_OF_SERVER = 'https://mcp.example.com/mcp';
const envelopes = createEnvelopes(createKeyRing(Buffer.alloc(32, 7).toString('base64')));
const START = new Date('2026-06-01T12:00:00Z');
const LIFETIME_MS = 3_600_000;

let database: Database;
let authorization: AuthorizationServer;
let safe: ReturnType<typeof createSafeFetch>;
let deploymentId = '';
let first: { access: string; refresh: string };
let nowMs = START.getTime();

beforeAll(async () => {
  database = await openTestDatabase();
  authorization = await openAuthorizationServer({ scopes: ['read'] });
  safe = createSafeFetch([authorization.origin]);
  await database.prisma.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.com' } });
});
afterAll(async () => {
  await safe?.close();
  authorization?.close();
  await database?.close();
});

/** An instance of Catwalk, as far as tokens of remote servers go. */
async function openInstance() {
  const events = await createEvents(database.listener);
  const deps = { database, events, envelopes, fetch: safe.fetch, now: () => new Date(nowMs) };
  const tokens = createRemoteAccessTokens(deps);
  onTestFinished(() => tokens.close());
  return tokens;
}

const rowOf = () => database.prisma.remoteConnection.findUniqueOrThrow({ where: { deploymentId } });

beforeEach(async () => {
  authorization.seen.refreshes = 0;
  authorization.knobs.isDown = false;
  nowMs = START.getTime();
  deploymentId = (await addDeployment(database.prisma, 'ann')).id;
  const { issuer } = authorization;
  const clientId = randomUUID();
  first = authorization.issueTo(clientId, URL_OF_SERVER);
  const endpoints = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    response_types_supported: ['code'],
  };
  const client = { client_id: clientId, token_endpoint_auth_method: 'none', issuer, redirectUri: 'https://c.example' };
  const tokens = { accessToken: first.access, refreshToken: first.refresh };
  const content = { url: URL_OF_SERVER, resource: URL_OF_SERVER, endpoints, client, ...tokens };
  await database.prisma.remoteConnection.create({
    data: {
      deploymentId,
      issuer,
      version: 1,
      envelope: await sealConnection(envelopes, deploymentId, 1, content),
      scope: 'read',
      connectedAt: START,
      renewedAt: START,
      expiresAt: new Date(START.getTime() + LIFETIME_MS),
    },
  });
});

test('sends the token to the server that it was issued for, and to no other', async () => {
  const tokens = await openInstance();
  expect(await tokens.find(deploymentId, URL_OF_SERVER)).toBe(first.access);
  expect(await tokens.find(deploymentId, 'https://elsewhere.example/mcp')).toBeNull();
  expect(await tokens.find(randomUUID(), URL_OF_SERVER)).toBeNull();
  expect(authorization.seen.refreshes).toBe(0);
});

test('renews a token that is about to end once for all calls of all instances', async () => {
  const instances = await Promise.all([openInstance(), openInstance(), openInstance()]);
  await Promise.all(instances.map((one) => one.find(deploymentId, URL_OF_SERVER)));
  nowMs += LIFETIME_MS - 30_000;
  const found = await Promise.all(
    Array.from({ length: 30 }, (_, at) => instances[at % 3]?.find(deploymentId, URL_OF_SERVER)),
  );
  expect(authorization.seen.refreshes).toBe(1);
  expect(new Set(found).size).toBe(1);
  expect(authorization.check(found[0] ?? '')).not.toBeNull();
  const row = await rowOf();
  expect(row).toMatchObject({ version: 2, renewalUntil: null, expiresAt: new Date(nowMs + LIFETIME_MS) });
  expect((await openConnection(envelopes, row)).refreshToken).not.toBe(first.refresh);
});

test('renews a token that was refused, once for all calls that it was refused for', async () => {
  const [one, two] = [await openInstance(), await openInstance()];
  nowMs += 60_000;
  const next = await Promise.all(
    [one, two, one, two].map((tokens) => tokens.replace(deploymentId, URL_OF_SERVER, first.access)),
  );
  expect(authorization.seen.refreshes).toBe(1);
  expect(new Set(next).size).toBe(1);
  expect(next[0]).not.toBe(first.access);
  // It was refused too, a moment after it was issued: another one would not help.
  expect(await one.replace(deploymentId, URL_OF_SERVER, String(next[0]))).toBeNull();
  expect(authorization.seen.refreshes).toBe(1);
});

test('ends the connection when the refresh token was revoked, and asks no more', async () => {
  const [tokens, other] = [await openInstance(), await openInstance()];
  authorization.revokeAll();
  nowMs += LIFETIME_MS;
  for (const one of [tokens, tokens, other])
    await expect(one.find(deploymentId, URL_OF_SERVER)).rejects.toBeInstanceOf(SignInEndedError);
  expect(authorization.seen.refreshes).toBe(1);
  const { host } = new URL(authorization.issuer);
  expect(await tokens.findProblem(deploymentId)).toBe(`The sign-in at ${host} has ended.`);
});

test('goes on with a token that still works while the authorization server is away, and renews it later', async () => {
  const tokens = await openInstance();
  authorization.knobs.isDown = true;
  nowMs += LIFETIME_MS - 30_000;
  expect(await tokens.find(deploymentId, URL_OF_SERVER)).toBe(first.access);
  nowMs += 31_000;
  await expect(tokens.find(deploymentId, URL_OF_SERVER)).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
  expect(await rowOf()).toMatchObject({ version: 1, problem: null, renewalUntil: null });
  authorization.knobs.isDown = false;
  nowMs += 6_000;
  expect(authorization.check((await tokens.find(deploymentId, URL_OF_SERVER)) ?? '')).not.toBeNull();
});

test('takes over a renewal of an instance that died', async () => {
  const tokens = await openInstance();
  nowMs += LIFETIME_MS;
  const renewalUntil = new Date(nowMs - 1);
  await database.prisma.remoteConnection.update({ where: { deploymentId }, data: { renewalUntil } });
  expect(await tokens.find(deploymentId, URL_OF_SERVER)).not.toBe(first.access);
});
