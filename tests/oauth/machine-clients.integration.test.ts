import {
  Client,
  ClientCredentialsProvider,
  type OAuthClientProvider,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catwalk } from '../cli/run-catwalk.ts';
import { createRawClient, jsonOf, type RawClient } from './raw-client.ts';
import { endpointOf, type OAuthRig, openOAuthRig } from './rig.ts';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const CREATE = `mutation Create($input: CreateMachineClientInput!) { it: createMachineClient(input: $input) {
  __typename ... on MachineClientPayload { secret machineClient { id clientId name grant signs expiresAt } }
  ... on UserError { code message } } }`;
const REVOKE = `mutation Revoke($id: ID!) { it: revokeMachineClient(id: $id) { __typename ... on UserError { code } } }`;
const LIST = `query List($id: ID!) { it: machineClients(deploymentId: $id) { clientId lastUsedAt } }`;

type Made = {
  __typename: string;
  secret: string | null;
  machineClient: { id: string; clientId: string };
  code?: string;
};

let rig: OAuthRig;
let raw: RawClient;
let passedMs = 0;
beforeAll(async () => {
  rig = await openOAuthRig({ clock: () => new Date(Date.now() + passedMs) });
  raw = createRawClient(rig, rig.deploymentId);
});
afterAll(() => rig?.close());

const create = async (input: object = {}, ask = rig.owner.browser.ask): Promise<Made> => {
  const { data } = await ask(CREATE, { input: { deploymentId: rig.deploymentId, name: 'Nightly job', ...input } });
  return data?.['it'] as Made; // the mutation above
};
const secretOf = ({ secret }: Made): string => secret ?? '';
const revoke = (id: string) => rig.owner.browser.ask(REVOKE, { id });

const connect = async (authProvider: OAuthClientProvider) => {
  const client = new Client({ name: 'job', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(rig.endpointUrl), { authProvider }));
  return client;
};
const ask = (made: Made, extra: Record<string, string> = {}, at = raw) =>
  at.form('token', {
    grant_type: 'client_credentials',
    client_id: made.machineClient.clientId,
    client_secret: secretOf(made),
    ...extra,
  });
const tokenOf = async (made: Made): Promise<string> => (await jsonOf(ask(made)))['access_token'] ?? '';

describe('a client with a secret', () => {
  test('calls tools through the official client, without a person', async () => {
    const made = await create();
    const { clientId } = made.machineClient;
    const client = await connect(
      new ClientCredentialsProvider({ clientId, clientSecret: secretOf(made), expectedIssuer: rig.issuer }),
    );
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
    const { data } = await rig.owner.browser.ask(LIST, { id: rig.deploymentId });
    expect(data?.['it']).toContainEqual({ clientId, lastUsedAt: expect.any(String) });
  });

  test('sends it in the form or in the header, and receives no refresh token', async () => {
    const made = await create();
    const answer = await ask(made);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await jsonOf(answer)).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'mcp',
    });
    const basic = Buffer.from(`${made.machineClient.clientId}:${made.secret}`).toString('base64');
    const headers = { authorization: `Basic ${basic}` };
    expect((await raw.form('token', { grant_type: 'client_credentials' }, headers)).status).toBe(200);
    expect((await ask(made, { client_secret: 'cws_guess' })).status).toBe(401);
  });

  test('is kept as a hash alone', async () => {
    const made = await create();
    const row = await rig.prisma.oAuthClient.findUniqueOrThrow({ where: { id: made.machineClient.clientId } });
    const kept = JSON.stringify(row) + Buffer.from(row.secretHash ?? []).toString('latin1');
    expect(kept).not.toContain(secretOf(made).slice(4));
    expect(row.secretHash).toHaveLength(32);
  });

  test('adds one grant to the database, however often it asks', async () => {
    const made = await create();
    const tokens = [await tokenOf(made), await tokenOf(made), await tokenOf(made)];
    expect(new Set(tokens).size).toBe(3);
    const where = { connection: { clientId: made.machineClient.clientId } };
    expect(await rig.prisma.oAuthGrant.count({ where })).toBe(1);
  });

  test('revokes a token of its own, and asks for the next', async () => {
    const made = await create();
    const { clientId } = made.machineClient;
    const token = await tokenOf(made);
    await raw.form('revoke', { client_id: clientId, client_secret: secretOf(made), token });
    expect((await raw.call(token)).status).toBe(401);
    expect((await raw.call(await tokenOf(made))).status).toBe(200);
  });
});

describe('a client with a key', () => {
  test.each(['RS256', 'PS256', 'ES256', 'ES384'])('signs with %s through the official client', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const made = await create({ publicKey: await exportSPKI(publicKey) });
    expect(made.secret).toBeNull();
    const client = await connect(
      new PrivateKeyJwtProvider({
        clientId: made.machineClient.clientId,
        privateKey: await exportPKCS8(privateKey),
        algorithm: alg,
        expectedIssuer: rig.issuer,
      }),
    );
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
  });

  test.each([
    ['that is expired', { exp: -60 }, 'The assertion has expired.'],
    ['for another audience', { aud: 'https://elsewhere.example' }, 'The assertion is for another audience.'],
    ['of another issuer', { iss: 'https://elsewhere.example' }, 'The assertion is of another issuer.'],
    ['about another subject', { sub: crypto.randomUUID() }, null],
    ['without a jti', { jti: undefined }, 'The assertion names no jti, which makes it usable once.'],
    ['that is valid for days', { exp: 86_400 }, 'The assertion is valid for more than an hour.'],
    ['without an end', { exp: undefined }, 'The assertion names no expiry.'],
  ])('is refused with an assertion %s', async (_what, changes, sentence) => {
    const { made, prove } = await createSigner();
    const answer = await prove(changes);
    expect(answer.status).toBe(401);
    const body = await jsonOf(answer);
    expect(body['error']).toBe('invalid_client');
    if (sentence !== null) expect(body['error_description']).toBe(sentence);
    const where = { connection: { clientId: made.machineClient.clientId } };
    expect([await rig.prisma.oAuthGrant.count({ where }), await rig.prisma.oAuthAssertion.count()]).toEqual([0, 0]);
  });

  test('is refused with the key of another, and with its public key as a shared secret', async () => {
    const { prove, publicJwk } = await createSigner();
    const stranger = await generateKeyPair('ES256');
    expect(await jsonOf(prove({}, { key: stranger.privateKey }))).toEqual({
      error: 'invalid_client',
      error_description: 'The assertion is not signed with a key of its issuer.',
    });
    const shared = new TextEncoder().encode(JSON.stringify(publicJwk));
    expect(await jsonOf(prove({}, { key: shared, alg: 'HS256' }))).toEqual({
      error: 'invalid_client',
      error_description: 'The assertion is signed with an algorithm that is not allowed.',
    });
    expect(await rig.prisma.oAuthAssertion.count()).toBe(0);
  });

  test('signs with EdDSA, which the official client does not', async () => {
    const { prove } = await createSigner('EdDSA');
    expect((await prove({}, { alg: 'EdDSA' })).status).toBe(200);
  });

  test('uses an assertion once, even when it is sent twice at the same time', async () => {
    const { sign, send } = await createSigner();
    const jwt = await sign({});
    const answers = await Promise.all([send(jwt), send(jwt), send(jwt)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(await jsonOf(send(jwt))).toEqual({
      error: 'invalid_client',
      error_description: 'The assertion was used before.',
    });
  });

  test('cannot be made with a private key, or with one that is too weak', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const weak = { kty: 'oct', k: Buffer.alloc(32).toString('base64url') };
    for (const publicKey of [
      await exportPKCS8(privateKey),
      JSON.stringify(await exportJWK(privateKey)),
      JSON.stringify(weak),
      JSON.stringify({ keys: [] }),
      'nonsense',
      'x'.repeat(20_001),
    ]) {
      expect(await create({ publicKey })).toMatchObject({ code: 'INVALID_INPUT' });
    }
  });

  async function createSigner(algorithm = 'ES256') {
    const { privateKey, publicKey } = await generateKeyPair(algorithm);
    const publicJwk = await exportJWK(publicKey);
    const made = await create({ publicKey: JSON.stringify({ keys: [publicJwk] }) });
    const { clientId } = made.machineClient;
    type Signing = { key?: CryptoKey | Uint8Array; alg?: string };
    const sign = (changes: Record<string, unknown>, { key = privateKey, alg = 'ES256' }: Signing = {}) => {
      const now = Math.floor(Date.now() / 1_000);
      const { exp = 60, ...claims } = { exp: 60, ...changes } as { exp?: number };
      const hasEnd = !('exp' in changes) || changes['exp'] !== undefined;
      const times = hasEnd ? { exp: now + exp } : {};
      const payload = { iss: clientId, sub: clientId, aud: raw.issuer, jti: crypto.randomUUID(), ...times, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg }).sign(key);
    };
    const send = (jwt: string) =>
      raw.form('token', {
        grant_type: 'client_credentials',
        client_assertion_type: ASSERTION,
        client_assertion: jwt,
      });
    await rig.prisma.oAuthAssertion.deleteMany();
    const prove = async (changes: Record<string, unknown>, signing?: Signing) => send(await sign(changes, signing));
    return { made, publicJwk, sign, send, prove };
  }
});

describe('a client is bound', () => {
  test('to its deployment', async () => {
    const made = await create();
    const other = await rig.deploy('OAUTH', 'Other');
    const elsewhere = createRawClient(rig, other);
    expect(await jsonOf(ask(made, {}, elsewhere))).toEqual({
      error: 'invalid_client',
      error_description: 'This client was made for another server.',
    });
    expect((await raw.call(await tokenOf(made), endpointOf(rig, other))).status).toBe(401);
    expect(await jsonOf(ask(made, { resource: endpointOf(rig, other) }))).toMatchObject({ error: 'invalid_target' });
  });

  test('to its grant', async () => {
    const made = await create({ grant: 'IDENTITY_ASSERTION' });
    expect(await jsonOf(ask(made))).toMatchObject({ error: 'unauthorized_client' });
    const person = await jsonOf(
      raw.register({ redirect_uris: ['https://client.example/cb'], token_endpoint_auth_method: 'client_secret_post' }),
    );
    const { client_id: clientId = '', client_secret: secret = '' } = person;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
    expect(await jsonOf(raw.form('token', form))).toMatchObject({ error: 'unauthorized_client' });
  });

  test('to a deployment whose access is OAuth', async () => {
    expect(await create({ deploymentId: await rig.deploy('TOKEN', 'Tokens') })).toMatchObject({ code: 'CONFLICT' });
  });

  test('to its end, as is its last token', async () => {
    const made = await create({ expiresAt: new Date(Date.now() + passedMs + 10 * 60_000).toISOString() });
    const { access_token: token = '', expires_in: seconds } = await jsonOf(ask(made));
    expect(Number(seconds)).toBeLessThanOrEqual(600);
    expect((await raw.call(token)).status).toBe(200);
    passedMs += 11 * 60_000;
    expect([(await ask(made)).status, (await raw.call(token)).status]).toEqual([401, 401]);
  });
});

test('revoking a client ends its tokens on every call, and is written down', async () => {
  const made = await create();
  const token = await tokenOf(made);
  expect((await raw.call(token)).status).toBe(200);
  for (const id of [made.machineClient.id, made.machineClient.clientId]) {
    expect((await revoke(id)).data?.['it']).toEqual({ __typename: 'MachineClient' });
  }
  await expect.poll(async () => (await raw.call(token)).status).toBe(401);
  expect((await ask(made)).status).toBe(401);
  const where = {
    type: { startsWith: 'machine-client.' },
    data: { path: ['clientId'], equals: made.machineClient.clientId },
  };
  const entries = await rig.prisma.auditEvent.findMany({ where, orderBy: { id: 'asc' }, select: { type: true } });
  expect(entries.map(({ type }) => type)).toEqual(['machine-client.created', 'machine-client.revoked']);
});

test('a client that an API token made ends with that token', async () => {
  const { token, id } = await rig.tokenFor(rig.owner.id);
  const made = await create({}, (query, variables) => rig.ask(token, query, variables));
  const access = await tokenOf(made);
  expect((await raw.call(access)).status).toBe(200);
  await rig.owner.browser.ask('mutation ($id: ID!) { revokeApiToken(id: $id) { __typename } }', { id });
  await expect.poll(async () => (await raw.call(access)).status).toBe(401);
  expect((await ask(made)).status).toBe(401);
});

test('the command line creates, lists and revokes clients', async () => {
  const { token } = await rig.tokenFor(rig.owner.id);
  const env = { CATWALK_SERVER: rig.origin, CATWALK_TOKEN: token };
  const run = async (...words: string[]) => {
    const { code, stdout, stderr } = await catwalk(['clients', rig.deploymentId, ...words, '--json'], { env });
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  const made = await run('--create', 'from the shell', '--days', '7');
  const form = { grant_type: 'client_credentials', client_id: made.clientId, client_secret: made.secret };
  expect((await raw.form('token', form)).status).toBe(200);
  expect(await run()).toContainEqual(expect.objectContaining({ clientId: made.clientId, name: 'from the shell' }));
  expect(await run('--revoke', 'from the shell')).toMatchObject({ clientId: made.clientId });
  expect((await raw.form('token', form)).status).toBe(401);
  const both = await catwalk(['clients', rig.deploymentId, '--create', 'a', '--revoke', 'b'], { env });
  expect(both.code).toBe(2);
  const unread = await catwalk(['clients', rig.deploymentId, '--create', 'a', '--public-key', 'none.pem'], { env });
  expect(unread.code).not.toBe(0);
  expect(unread.stderr).toMatch(/The public key cannot be read. \(INVALID_INPUT\)\n.*--public-key .\/key.pem/);
});

test('the command line binds a client to a view and prints the address of that view', async () => {
  const { token } = await rig.tokenFor(rig.owner.id);
  const env = { CATWALK_SERVER: rig.origin, CATWALK_TOKEN: token };
  const save = `mutation ($input: SaveViewInput!) { it: saveView(input: $input) { ... on View { url } } }`;
  const input = { deploymentId: rig.deploymentId, name: 'shell-view', rules: { tools: { allow: ['nothing'] } } };
  const saved = await rig.ask(token, save, { input });
  const { url } = (saved.data?.['it'] ?? {}) as { url?: string };
  expect(url).toMatch(/\/v\/shell-view$/);
  const words = ['clients', rig.deploymentId, '--create', 'of a view', '--view', 'shell-view', '--json'];
  const made = await catwalk(words, { env });
  expect(JSON.parse(made.stdout)).toMatchObject({ view: { name: 'shell-view' }, endpointUrl: url });
  const missing = await catwalk(['clients', rig.deploymentId, '--create', 'a', '--view', 'no-such-view'], { env });
  expect(missing.code).not.toBe(0);
  expect(missing.stderr).toContain('no view “no-such-view”');
  const alone = await catwalk(['clients', rig.deploymentId, '--view', 'shell-view'], { env });
  expect(alone.code).toBe(2);
});

test('another user can neither make, list nor revoke a client', async () => {
  const made = await create();
  const { browser } = await rig.signUp('bob');
  expect(await create({}, browser.ask)).toMatchObject({ __typename: 'NotFoundError' });
  const { data } = await browser.ask(LIST, { id: rig.deploymentId });
  expect(data?.['it']).toEqual([]);
  expect((await browser.ask(REVOKE, { id: made.machineClient.id })).data?.['it']).toMatchObject({
    __typename: 'NotFoundError',
  });
});
