import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import type { Actor } from '#server/domain/actor.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import { createEvents, type Events } from '#server/domain/events.ts';
import { type AuthorizationServer, createAuthorizationServer } from './authorization-server.ts';
import type { Client } from './client.ts';
import { REFRESH_LIFETIME_MS, REUSE_GRACE_MS, type TokenAnswer } from './tokens.ts';

const PUBLIC_URL = 'https://catwalk.example';
const CALLBACK = 'https://client.example/cb';
const DOCUMENT_ID = 'https://client.example/id.json';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ANN: Actor = { userId: 'ann', role: 'MEMBER', scope: 'WRITE', via: 'session', ip: null };
const BOB: Actor = { ...ANN, userId: 'bob' };

let database: Database;
let events: Events;
let server: AuthorizationServer;
let deploymentId: string;
let nowMs = Date.parse('2026-06-01T00:00:00Z');
/** Answers for the document of a client: an error while its host is away. */
let document: object | Error = new Error('away');
const published: string[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  events = await createEvents(database.listener);
  const { prisma, transaction } = database;
  for (const id of ['ann', 'bob']) await prisma.user.create({ data: { id, name: id, email: `${id}@example.com` } });
  server = createAuthorizationServer({
    prisma,
    transaction,
    events: {
      publish: async (tx, topic, id) => {
        published.push(`${topic} ${id}`);
        await events.publish(tx, topic, id);
      },
    },
    publicUrl: PUBLIC_URL,
    authSecret: new Secret('k'.repeat(32)),
    fetch: async () => {
      if (document instanceof Error) throw document;
      return Response.json(document);
    },
    clock: () => new Date(nowMs),
  });
});
afterAll(() => database?.close());
beforeEach(async () => {
  nowMs += 365 * DAY_MS; // whatever an earlier test did lies far back
  deploymentId = await deploy();
  published.length = 0;
});

const deploy = async (values: object = {}): Promise<string> => {
  const data = { ownerId: 'ann', name: 'W', source: 'w', region: 'local', memoryMb: 256, access: 'OAUTH' } as const;
  return (await database.prisma.deployment.create({ data: { ...data, ...values } })).id;
};
const authenticate = (clientId: string): Promise<Client> =>
  server.authenticateClient({ clientId, secret: null, assertion: null }, []);
const NETWORK = '203.0.113.1';
const register = async (name: string, redirectUris = [CALLBACK], network = NETWORK): Promise<Client> => {
  const body = { client_name: name, redirect_uris: redirectUris, token_endpoint_auth_method: 'none' };
  return authenticate(String((await server.register(body, network))['client_id']));
};
const queryOf = (clientId: string, verifier: string, state = 's'): string =>
  new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
const newVerifier = () => randomBytes(32).toString('base64url');
const codeOf = ({ redirectTo }: { redirectTo: string }) => new URL(redirectTo).searchParams.get('code') ?? '';
const allow = async (client: Client, verifier: string, state?: string): Promise<string> =>
  codeOf(await server.consent.allow(ANN, { deploymentId, query: queryOf(client.id, verifier, state) }));
const connect = async (client: Client): Promise<TokenAnswer> => {
  const codeVerifier = newVerifier();
  const code = await allow(client, codeVerifier);
  return server.tokens.redeem(deploymentId, client, { code, codeVerifier, redirectUri: CALLBACK });
};
const refresh = (client: Client, { refresh_token: token }: TokenAnswer, at = deploymentId) =>
  server.tokens.refresh(at, client, token);
const liveGrants = () => database.prisma.oAuthGrant.count({ where: { revokedAt: null, connection: { deploymentId } } });
const auditOf = async (type: string) =>
  (await database.prisma.auditEvent.findMany({ where: { type, deploymentId } })).map(({ data }) => data);

const INVALID_GRANT = { code: 'invalid_grant' };

describe('consent', () => {
  test('shows the owner the client, its host and the destination of the answer', async () => {
    const client = await register('Claude');
    const input = { deploymentId, query: queryOf(client.id, newVerifier()) };
    expect(await server.consent.find(ANN, input)).toEqual({
      deploymentId,
      clientName: 'Claude',
      clientHost: null,
      isVouchedFor: false,
      redirectTarget: 'client.example',
    });
    expect(await server.consent.find(BOB, input)).toBeNull();
    expect(await server.consent.find(ANN, { ...input, query: '' })).toBeNull();
  });

  test.each<[string, object]>([
    ['a deployment of another user', { ownerId: 'bob' }],
    ['a deployment with tokens', { access: 'TOKEN' }],
    ['a deployment that is being deleted', { desired: 'DELETED' }],
  ])('is not possible for %s', async (_what, values) => {
    const client = await register('Claude');
    const input = { deploymentId: await deploy(values), query: queryOf(client.id, newVerifier()) };
    expect(await server.consent.find(ANN, input)).toBeNull();
    await expect(server.consent.allow(ANN, input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(server.consent.deny(ANN, input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('requires a person who is signed in, and a valid request', async () => {
    const client = await register('Claude');
    const input = { deploymentId, query: queryOf(client.id, newVerifier()) };
    const script: Actor = { ...ANN, via: 'api-token' };
    await expect(server.consent.allow(script, input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(server.consent.allow(ANN, { ...input, query: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(server.consent.allow({ ...ANN }, { ...input, deploymentId: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('gives one code for one request while it is valid, and writes one audit entry', async () => {
    const client = await register('Claude');
    const verifier = newVerifier();
    const first = await allow(client, verifier);
    nowMs += 2 * MINUTE_MS - 1;
    expect(await allow(client, verifier)).toBe(first);
    expect(await auditOf('client.allowed')).toEqual([
      { clientId: client.id, name: 'Claude', redirect: 'client.example' },
    ]);
    nowMs += 1;
    expect(await allow(client, verifier)).not.toBe(first);
    expect(await allow(client, verifier, 'other state')).not.toBe(first);
  });

  test('of a denied client is an answer with access_denied, and an audit entry', async () => {
    const client = await register('Claude');
    const input = { deploymentId, query: queryOf(client.id, newVerifier()) };
    const { redirectTo } = await server.consent.deny(ANN, input);
    expect(Object.fromEntries(new URL(redirectTo).searchParams)).toMatchObject({
      error: 'access_denied',
      state: 's',
      iss: `${PUBLIC_URL}/oauth/${deploymentId}`,
    });
    expect(await auditOf('client.denied')).toEqual([{ clientId: client.id, name: 'Claude' }]);
  });
});

describe('a code', () => {
  test('is exchanged for tokens of this deployment, for its client', async () => {
    const client = await register('Claude');
    const tokens = await connect(client);
    expect(tokens).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3_600,
      refresh_token: expect.stringMatching(/^cwr_[A-Za-z0-9_-]{43}$/),
      scope: 'mcp',
    });
    const claims = await server.accessTokens.verify(deploymentId, tokens.access_token);
    const grant = await database.prisma.oAuthGrant.findUniqueOrThrow({ where: { id: claims?.grantId ?? '' } });
    expect(claims).toMatchObject({ userId: 'ann', clientId: client.id, connectionId: grant.connectionId });
    expect(grant).toMatchObject({ revokedAt: null, expiresAt: new Date(nowMs + REFRESH_LIFETIME_MS) });
  });

  test.each<[string, object, boolean]>([
    ['without a redirect address', { redirectUri: null }, true],
    ['with another redirect address', { redirectUri: `${CALLBACK}/other` }, false],
    ['with another verifier', { codeVerifier: 'x'.repeat(43) }, false],
    ['with another code', { code: 'x' }, false],
  ])('%s is accepted or refused', async (_what, changes, accepted) => {
    const client = await register('Claude');
    const codeVerifier = newVerifier();
    const input = { code: await allow(client, codeVerifier), codeVerifier, redirectUri: CALLBACK };
    const redeemed = server.tokens.redeem(deploymentId, client, { ...input, ...changes });
    if (accepted) expect(await redeemed).toHaveProperty('access_token');
    else {
      await expect(redeemed).rejects.toMatchObject(INVALID_GRANT);
      expect(await server.tokens.redeem(deploymentId, client, input)).toHaveProperty('access_token');
    }
  });

  test('is refused at another deployment, and to another client', async () => {
    const client = await register('Claude');
    const codeVerifier = newVerifier();
    const input = { code: await allow(client, codeVerifier), codeVerifier, redirectUri: CALLBACK };
    const elsewhere = server.tokens.redeem(await deploy(), client, input);
    await expect(elsewhere).rejects.toMatchObject(INVALID_GRANT);
    const stolen = server.tokens.redeem(deploymentId, await register('Other'), input);
    await expect(stolen).rejects.toMatchObject(INVALID_GRANT);
    expect(await liveGrants()).toBe(0);
  });

  test('expires after two minutes', async () => {
    const client = await register('Claude');
    const redeemAfter = async (ms: number) => {
      const codeVerifier = newVerifier();
      const code = await allow(client, codeVerifier);
      nowMs += ms;
      return server.tokens.redeem(deploymentId, client, { code, codeVerifier, redirectUri: null });
    };
    expect(await redeemAfter(2 * MINUTE_MS - 1)).toHaveProperty('access_token');
    await expect(redeemAfter(2 * MINUTE_MS)).rejects.toMatchObject(INVALID_GRANT);
  });

  test('works once; a repetition ends its grant, but not within two minutes', async () => {
    const client = await register('Claude');
    const codeVerifier = newVerifier();
    const input = { code: await allow(client, codeVerifier), codeVerifier, redirectUri: null };
    await server.tokens.redeem(deploymentId, client, input);
    nowMs += REUSE_GRACE_MS;
    await expect(server.tokens.redeem(deploymentId, client, input)).rejects.toMatchObject(INVALID_GRANT);
    expect(await liveGrants()).toBe(1);
    nowMs += 1;
    await expect(server.tokens.redeem(deploymentId, client, input)).rejects.toMatchObject(INVALID_GRANT);
    expect(await liveGrants()).toBe(0);
    expect(await auditOf('client.revoked')).toEqual([{ clientId: client.id, name: 'Claude', reason: 'reused code' }]);
    expect(published).toEqual([`access ${deploymentId}`]);
  });
});

describe('a refresh token', () => {
  test('is exchanged for the next one, and prolongs the grant', async () => {
    const client = await register('Claude');
    const first = await connect(client);
    nowMs += REFRESH_LIFETIME_MS - 1;
    const second = await refresh(client, first);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const connection = await database.prisma.oAuthConnection.findFirstOrThrow({ where: { deploymentId } });
    expect(connection.lastUsedAt).toEqual(new Date(nowMs));
    const row = await database.prisma.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
    expect(row.lastSeenAt).toEqual(new Date(nowMs));
    const [grant] = await database.prisma.oAuthGrant.findMany({ where: { connection: { deploymentId } } });
    expect(grant?.expiresAt).toEqual(new Date(nowMs + REFRESH_LIFETIME_MS));
  });

  test('ends when it was not used for 90 days', async () => {
    expect(REFRESH_LIFETIME_MS).toBe(90 * DAY_MS);
    const client = await register('Claude');
    const tokens = await connect(client);
    nowMs += REFRESH_LIFETIME_MS;
    await expect(refresh(client, tokens)).rejects.toMatchObject(INVALID_GRANT);
  });

  test('is refused at another deployment, to another client, and when it is unknown', async () => {
    const client = await register('Claude');
    const tokens = await connect(client);
    await expect(refresh(client, tokens, await deploy())).rejects.toMatchObject(INVALID_GRANT);
    await expect(refresh(await register('Other'), tokens)).rejects.toMatchObject(INVALID_GRANT);
    await expect(refresh(client, { ...tokens, refresh_token: 'cwr_x' })).rejects.toMatchObject(INVALID_GRANT);
    expect(await refresh(client, tokens)).toHaveProperty('access_token');
  });

  test('may be repeated for two minutes; after it the whole grant ends', async () => {
    expect(REUSE_GRACE_MS).toBe(2 * MINUTE_MS);
    const client = await register('Claude');
    const first = await connect(client);
    await refresh(client, first);
    nowMs += REUSE_GRACE_MS;
    const latest = await refresh(client, first);
    nowMs += 1;
    await expect(refresh(client, first)).rejects.toMatchObject(INVALID_GRANT);
    await expect(refresh(client, latest)).rejects.toMatchObject(INVALID_GRANT);
    expect(await liveGrants()).toBe(0);
    expect(await auditOf('client.revoked')).toMatchObject([{ reason: 'reused refresh token' }]);
  });
});

describe('revocation by the client', () => {
  test.each(['access_token', 'refresh_token'] as const)('with its %s ends the grant', async (kind) => {
    const client = await register('Claude');
    const tokens = await connect(client);
    await server.tokens.revoke(deploymentId, client, tokens[kind]);
    expect(await liveGrants()).toBe(0);
    expect(published).toEqual([`access ${deploymentId}`]);
    await expect(refresh(client, tokens)).rejects.toMatchObject(INVALID_GRANT);
    await server.tokens.revoke(deploymentId, client, tokens[kind]);
    expect(await auditOf('client.revoked')).toMatchObject([{ reason: 'client' }]);
  });

  test('does nothing with a token of another client or deployment, or an unknown one', async () => {
    const client = await register('Claude');
    const tokens = await connect(client);
    const other = await register('Other');
    for (const token of [tokens.access_token, tokens.refresh_token, 'x']) {
      await server.tokens.revoke(deploymentId, other, token);
      await server.tokens.revoke(await deploy(), client, token);
    }
    expect(await liveGrants()).toBe(1);
  });
});

describe('a connection', () => {
  const connectionOf = async () =>
    (await database.prisma.oAuthConnection.findFirstOrThrow({ where: { deploymentId } })).id;

  test('that is disconnected ends its grants, and codes that were not redeemed', async () => {
    const client = await register('Claude');
    const tokens = await connect(client);
    const codeVerifier = newVerifier();
    const code = await allow(client, codeVerifier);
    const id = await connectionOf();
    await server.connections.disconnect(ANN, id);
    await server.connections.disconnect(ANN, id);
    expect(published).toEqual([`access ${deploymentId}`]);
    expect(await auditOf('client.revoked')).toMatchObject([{ reason: 'disconnected' }]);
    await expect(refresh(client, tokens)).rejects.toMatchObject(INVALID_GRANT);
    const redeemed = server.tokens.redeem(deploymentId, client, { code, codeVerifier, redirectUri: null });
    await expect(redeemed).rejects.toMatchObject(INVALID_GRANT);
  });

  test('can be disconnected by its user only, with the right to write', async () => {
    await connect(await register('Claude'));
    const id = await connectionOf();
    await expect(server.connections.disconnect(BOB, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(server.connections.disconnect(ANN, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const reader: Actor = { ...ANN, scope: 'READ' };
    await expect(server.connections.disconnect(reader, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await liveGrants()).toBe(1);
  });

  test('stays the same while a grant lives, and is a new one after a disconnection', async () => {
    const client = await register('Claude');
    await connect(client);
    const first = await connectionOf();
    nowMs += MINUTE_MS;
    await connect(client);
    expect(await connectionOf()).toBe(first);
    expect(await liveGrants()).toBe(2);
    const row = await database.prisma.oAuthConnection.findUniqueOrThrow({ where: { id: first } });
    expect(row.lastUsedAt).toEqual(new Date(nowMs));
    await server.connections.disconnect(ANN, first);
    await connect(client);
    expect(await connectionOf()).not.toBe(first);
  });
});

describe('a client with a document', () => {
  const DOCUMENT = { client_id: DOCUMENT_ID, client_name: 'Desk', redirect_uris: [CALLBACK] };

  test('gets its row with its first grant, and stays connected while the host of its document is away', async () => {
    document = DOCUMENT;
    const client = await authenticate(DOCUMENT_ID);
    expect(await database.prisma.oAuthClient.findUnique({ where: { id: DOCUMENT_ID } })).toBeNull();
    const tokens = await connect(client);
    document = { ...DOCUMENT, client_name: 'Desk 2' };
    nowMs += DAY_MS;
    await connect(await authenticate(DOCUMENT_ID));
    document = new Error('away');
    nowMs += DAY_MS;
    const known = await authenticate(DOCUMENT_ID);
    expect(known).toMatchObject({ source: 'DOCUMENT', name: 'Desk 2', redirectUris: [CALLBACK], secretHash: null });
    expect(await refresh(known, tokens)).toHaveProperty('access_token');
  });

  test('is refused when its document no longer describes it, and when it was never reached', async () => {
    document = { ...DOCUMENT, redirect_uris: [] };
    await expect(authenticate(DOCUMENT_ID)).rejects.toMatchObject({ code: 'invalid_client' });
    document = new Error('away');
    await expect(authenticate('https://never.example/id.json')).rejects.toMatchObject({ code: 'invalid_client' });
  });

  test('is vouched for by its host', async () => {
    document = DOCUMENT;
    const input = { deploymentId, query: queryOf(DOCUMENT_ID, newVerifier()) };
    expect(await server.consent.find(ANN, input)).toMatchObject({ isVouchedFor: true, clientHost: 'client.example' });
  });
});

describe('registration', () => {
  test('answers with the metadata that it keeps', async () => {
    const redirectUris = ['http://127.0.0.1:50000/cb', CALLBACK];
    const body = {
      client_name: 'A client',
      client_uri: 'https://client.example',
      application_type: 'native',
      redirect_uris: redirectUris,
      grant_types: ['authorization_code', 'refresh_token', 'other'],
      response_types: ['code', 'token'],
      unknown: 1,
    };
    const answer = await server.register(body, NETWORK);
    expect(answer).toEqual({
      client_id: expect.any(String),
      client_id_issued_at: Math.floor(nowMs / 1_000),
      client_secret: expect.any(String),
      client_secret_expires_at: 0,
      client_name: 'A client',
      client_uri: 'https://client.example',
      application_type: 'native',
      redirect_uris: redirectUris,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'mcp',
    });
    const clientId = String(answer['client_id']);
    const secret = String(answer['client_secret']);
    const client = await server.authenticateClient({ clientId, secret, assertion: null }, []);
    expect(client).toMatchObject({
      source: 'REGISTRATION',
      uri: 'https://client.example',
      authMethods: ['client_secret_basic'],
    });
    expect([...client.redirectUris].sort()).toEqual(['http://127.0.0.1/cb', CALLBACK]);
    await expect(authenticate(clientId)).rejects.toMatchObject({ code: 'invalid_client' });

    nowMs += MINUTE_MS;
    const again = await server.register({ ...body, redirect_uris: [CALLBACK, 'http://127.0.0.1:50001/cb'] }, NETWORK);
    expect(again).toMatchObject({
      client_id: clientId,
      client_secret: secret,
      client_id_issued_at: answer['client_id_issued_at'],
    });
    const row = await database.prisma.oAuthClient.findUniqueOrThrow({ where: { id: clientId } });
    expect(row.lastSeenAt).toEqual(new Date(nowMs));
  });

  test('of a client without a name, a website or a secret leaves them out', async () => {
    const answer = await server.register({ redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' }, NETWORK);
    for (const name of ['client_name', 'client_uri', 'application_type', 'client_secret', 'client_secret_expires_at'])
      expect(answer).not.toHaveProperty(name);
    expect(await authenticate(String(answer['client_id']))).toMatchObject({ secretHash: null, uri: null });
  });

  test.each<[string, object, string, RegExp]>([
    ['no redirect address', { redirect_uris: [] }, 'invalid_redirect_uri', /1 to 10/],
    ['eleven redirect addresses', { redirect_uris: Array(11).fill(CALLBACK) }, 'invalid_redirect_uri', /1 to 10/],
    [
      'one forbidden redirect address',
      { redirect_uris: [CALLBACK, 'http://a.example'] },
      'invalid_redirect_uri',
      /https/,
    ],
    [
      'another method',
      { token_endpoint_auth_method: 'private_key_jwt' },
      'invalid_client_metadata',
      /must be one of none/,
    ],
    ['a name that is not text', { client_name: 1 }, 'invalid_client_metadata', /read at client_name/],
    ['other grant types only', { grant_types: ['refresh_token'] }, 'invalid_client_metadata', /grant_types/],
    ['other response types only', { response_types: ['token'] }, 'invalid_client_metadata', /response_types/],
  ])('with %s is refused', async (_what, changes, code, message) => {
    const registered = server.register({ redirect_uris: [CALLBACK], ...changes }, NETWORK);
    await expect(registered).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('of something that is not an object is refused', async () => {
    await expect(server.register('x', NETWORK)).rejects.toMatchObject({ message: 'The metadata cannot be read.' });
  });

  describe('makes room for new clients', () => {
    const unusedClients = (network: string, count: number) =>
      database.prisma.oAuthClient.createMany({
        data: Array.from({ length: count }, (_, i) => ({
          id: `${network} ${i}`,
          source: 'REGISTRATION' as const,
          name: 'x',
          redirectUris: [CALLBACK],
          authMethods: ['none'],
          network,
          lastSeenAt: new Date(nowMs + i + 1),
        })),
      });
    const leftOf = async (network: string) =>
      (await database.prisma.oAuthClient.findMany({ where: { network }, select: { id: true } })).map(({ id }) => id);

    test('by removing the oldest unused ones of a network that has a hundred', async () => {
      const used = await register('used');
      await connect(used);
      await unusedClients(NETWORK, 100);
      await unusedClients('198.51.100.1', 1);
      const known = await register('known');
      expect(await leftOf(NETWORK)).not.toContain(`${NETWORK} 0`);
      expect(await leftOf(NETWORK)).toEqual(expect.arrayContaining([`${NETWORK} 1`, `${NETWORK} 99`, known.id]));
      expect(await leftOf('198.51.100.1')).toHaveLength(1);
      expect(await authenticate(used.id)).toMatchObject({ name: 'used' });
      expect(await register('known')).toEqual(known);
    });

    test('by removing a hundred of the network that has most of them once there are five thousand', async () => {
      await database.prisma.oAuthClient.deleteMany({ where: { connections: { none: {} } } });
      await unusedClients('198.51.100.1', 99);
      await unusedClients('198.51.100.2', 4_901);
      await register('one more');
      expect(await leftOf('198.51.100.1')).toHaveLength(99);
      const left = await leftOf('198.51.100.2');
      expect(left).toHaveLength(4_801);
      expect(left).not.toContain('198.51.100.2 99');
      expect(left).toContain('198.51.100.2 100');
    });
  });
});
