import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { hashSecret } from '../secret-hash.ts';
import type { AuthMethod, Client } from './client.ts';
import { createAuthenticateClient, readBasic } from './client-authentication.ts';
import { createRemoteKeys } from './remote-keys.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const NOW_SECONDS = NOW.getTime() / 1_000;
const ISSUER = 'https://catwalk.example/oauth/one';
const AUDIENCE = [ISSUER, `${ISSUER}/token`];
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const KEYS_AT = 'https://client.example/keys.json';

const { privateKey, publicKey } = await generateKeyPair('ES256');
const keySet = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });

const clientWith = (authMethods: AuthMethod[], values: Partial<Client> = {}): Client => ({
  id: 'c1',
  source: 'REGISTRATION',
  name: 'Client',
  uri: null,
  redirectUris: [],
  authMethods,
  jwksUri: KEYS_AT,
  secretHash: hashSecret('secret'),
  machine: null,
  ...values,
});

function open(client: Client | null, keys = keySet) {
  const fetched: { url: string; headers: Record<string, string> }[] = [];
  const used = new Set<string>();
  const authenticate = createAuthenticateClient({
    findClient: async (id) => (id === client?.id ? client : null),
    keysAt: createRemoteKeys(async (url, { headers }) => {
      fetched.push({ url, headers });
      return new Response(keys);
    }),
    rememberUse: async (_issuer, { jti }) => used.size < used.add(jti).size,
    clock: () => NOW,
  });
  const present = { clientId: 'c1', secret: null, assertion: null };
  return {
    fetched,
    authenticate: (presented: Partial<Parameters<typeof authenticate>[0]> = {}) =>
      authenticate({ ...present, ...presented }, AUDIENCE),
  };
}

const REFUSED = { code: 'invalid_client' };

type Claims = Record<string, string | number | undefined>;
const assertion = async (claims: Claims = {}, type = TYPE) => ({
  type,
  jwt: await new SignJWT({ iss: 'c1', sub: 'c1', aud: ISSUER, exp: NOW_SECONDS + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .sign(privateKey),
});

test('a client without a proof needs none, whatever it sends', async () => {
  const { authenticate } = open(clientWith(['none']));
  expect(await authenticate()).toMatchObject({ id: 'c1' });
  expect(await authenticate({ secret: 'anything' })).toMatchObject({ id: 'c1' });
});

test('a client with a secret must send it', async () => {
  const { authenticate } = open(clientWith(['client_secret_post']));
  expect(await authenticate({ secret: 'secret' })).toMatchObject({ id: 'c1' });
  for (const secret of ['wrong', '', null]) await expect(authenticate({ secret })).rejects.toMatchObject(REFUSED);
  const withoutHash = open(clientWith(['client_secret_post'], { secretHash: null }));
  await expect(withoutHash.authenticate({ secret: 'secret' })).rejects.toMatchObject(REFUSED);
});

test('refuses an unknown client and a request without one', async () => {
  await expect(open(null).authenticate()).rejects.toMatchObject(REFUSED);
  await expect(open(clientWith(['none'])).authenticate({ clientId: null })).rejects.toMatchObject(REFUSED);
});

describe('an assertion', () => {
  test('proves a client with its published key, which is fetched once', async () => {
    const { authenticate, fetched } = open(clientWith(['private_key_jwt']));
    for (const aud of AUDIENCE) {
      expect(await authenticate({ assertion: await assertion({ aud }) })).toMatchObject({ id: 'c1' });
    }
    expect(fetched).toEqual([{ url: KEYS_AT, headers: { accept: 'application/json', 'user-agent': 'catwalk' } }]);
  });

  test('keeps the keys of 200 clients, and fetches them again after more', async () => {
    const fetched: string[] = [];
    const authenticate = createAuthenticateClient({
      findClient: async (id) => clientWith(['private_key_jwt'], { id, jwksUri: `https://client.example/${id}` }),
      keysAt: createRemoteKeys(async (url) => {
        fetched.push(url);
        return new Response(keySet);
      }),
      rememberUse: async () => true,
      clock: () => NOW,
    });
    const prove = async (id: string) =>
      authenticate({ clientId: id, secret: null, assertion: await assertion({ iss: id, sub: id }) }, AUDIENCE);
    for (let index = 0; index < 200; index += 1) await prove(`c${index}`);
    await prove('c0');
    expect(fetched).toHaveLength(200);
    await prove('c200');
    await prove('c0');
    expect(fetched).toHaveLength(202);
  });

  test('names its client where the request does not', async () => {
    const { authenticate } = open(clientWith(['private_key_jwt']));
    expect(await authenticate({ clientId: null, assertion: await assertion() })).toMatchObject({ id: 'c1' });
    await expect(authenticate({ clientId: null, assertion: { type: TYPE, jwt: 'x' } })).rejects.toMatchObject(REFUSED);
  });

  test('is accepted 30 seconds after its expiry, and no later', async () => {
    const { authenticate } = open(clientWith(['private_key_jwt']));
    await authenticate({ assertion: await assertion({ exp: NOW_SECONDS - 29 }) });
    const late = authenticate({ assertion: await assertion({ exp: NOW_SECONDS - 31 }) });
    await expect(late).rejects.toMatchObject(REFUSED);
  });

  test.each<[string, Claims]>([
    ['another issuer', { iss: 'c2' }],
    ['another subject', { sub: 'c2' }],
    ['another audience', { aud: 'https://other.example' }],
    ['no expiry', { exp: undefined }],
  ])('with %s is refused', async (_what, claims) => {
    const { authenticate } = open(clientWith(['private_key_jwt']));
    await expect(authenticate({ assertion: await assertion(claims) })).rejects.toMatchObject(REFUSED);
  });

  test('of another type is refused, and one of a client that does not use keys', async () => {
    const byKey = open(clientWith(['private_key_jwt']));
    await expect(byKey.authenticate({ assertion: await assertion({}, 'other') })).rejects.toMatchObject(REFUSED);
    const byNothing = open(clientWith(['none']));
    await expect(byNothing.authenticate({ assertion: await assertion() })).rejects.toMatchObject(REFUSED);
    const withoutKeys = open(clientWith(['private_key_jwt'], { jwksUri: null }));
    await expect(withoutKeys.authenticate({ assertion: await assertion() })).rejects.toMatchObject(REFUSED);
  });

  test('is refused when the keys of its client are larger than 64 kB', async () => {
    const padded = (bytes: number) => keySet + ' '.repeat(bytes - keySet.length);
    const { authenticate } = open(clientWith(['private_key_jwt']), padded(65_536));
    expect(await authenticate({ assertion: await assertion() })).toMatchObject({ id: 'c1' });
    const large = open(clientWith(['private_key_jwt']), padded(65_537));
    await expect(large.authenticate({ assertion: await assertion() })).rejects.toMatchObject(REFUSED);
  });
});

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  [basic('id:secret'), { clientId: 'id', secret: 'secret' }],
  [basic('a+b%3A:c:d%2B'), { clientId: 'a b:', secret: 'c:d+' }],
  [basic(':'), { clientId: '', secret: '' }],
  [basic('id:secret').replace('Basic ', 'basic  '), { clientId: 'id', secret: 'secret' }],
  [basic('nocolon'), null],
  [basic('id:%'), null],
  ['Bearer abc', null],
  ['Basic', null],
])('reads %j as %j', (header, expected) => {
  expect(readBasic(header)).toEqual(expected);
});
