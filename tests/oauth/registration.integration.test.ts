import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRawClient, jsonOf, type RawClient } from './raw-client.ts';
import { type OAuthRig, openConsent, openOAuthRig } from './rig.ts';

let rig: OAuthRig;
let client: RawClient;
beforeAll(async () => {
  rig = await openOAuthRig();
  client = createRawClient(rig, rig.deploymentId);
});
afterAll(() => rig?.close());

const metadata = (redirectUri: string, extra: object = {}) => ({
  client_name: 'Program',
  redirect_uris: [redirectUri],
  token_endpoint_auth_method: 'none',
  ...extra,
});

test('the same metadata is the same client, on whatever loopback port it listens today', async () => {
  const first = await jsonOf(client.register(metadata('http://127.0.0.1:49152/cb')));
  const again = await jsonOf(client.register(metadata('http://127.0.0.1:50000/cb')));
  expect(again['client_id']).toBe(first['client_id']);
  expect(again['redirect_uris']).toEqual(['http://127.0.0.1:50000/cb']);
  for (const other of [
    metadata('http://127.0.0.1:49152/other'),
    metadata('http://localhost:49152/cb'),
    metadata('http://127.0.0.1:49152/cb', { client_name: 'Another' }),
    metadata('http://127.0.0.1:49152/cb', { token_endpoint_auth_method: 'client_secret_basic' }),
  ]) {
    expect((await jsonOf(client.register(other)))['client_id']).not.toBe(first['client_id']);
  }
});

test('many that register the same at once are one client', async () => {
  const same = metadata('https://same.example/cb');
  const answers = await Promise.all(Array.from({ length: 10 }, () => jsonOf(client.register(same))));
  expect(new Set(answers.map((answer) => answer['client_id'])).size).toBe(1);
});

test.each([
  ['http://127.0.0.1:1/cb', 'http://127.0.0.1:65000/cb', 303],
  ['http://[::1]:1/cb', 'http://[::1]:2/cb', 303],
  ['http://localhost/cb', 'http://localhost:9/cb', 303],
  ['http://localhost/cb', 'http://127.0.0.1/cb', 400],
  ['http://127.0.0.1/cb', 'http://127.0.0.1/cb/', 400],
  ['http://127.0.0.1/cb', 'http://127.0.0.1/cb?x=1', 400],
  ['https://a.example/cb', 'https://a.example:8443/cb', 400],
  ['https://a.example/cb', 'https://a.example/cb/', 400],
  ['https://a.example/cb', 'https://A.example/cb', 400],
  ['cursor://anysphere.cursor-retrieval/oauth/cb', 'cursor://anysphere.cursor-retrieval/oauth/cb', 303],
  ['com.example.app:/cb', 'com.example.app:/cb', 303],
])('registered %s, asked for %s: %i', async (registered, asked, status) => {
  const { client_id: id = '' } = await jsonOf(client.register(metadata(registered)));
  const { status: found, location, text } = await openConsent(rig.owner.browser, client.begin(id, asked).url);
  expect(found).toBe(status);
  if (status === 400) expect(text).toContain('redirect_uri');
  else expect(location).toContain(`/oauth/${rig.deploymentId}/consent?`);
});

test.each([
  'javascript:alert(1)',
  'JavaScript://a.example/%0aalert(1)',
  'data:text/html,x',
  'http://a.example/cb',
  'http://127.0.0.1.a.example/cb',
  'https://a.example/cb#fragment',
  'https://user@a.example/cb',
  'not a url',
  '',
])('refuses to register %s as a redirect address', async (redirectUri) => {
  const answer = await client.register(metadata(redirectUri));
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_redirect_uri' }]);
});

test.each([
  [{ token_endpoint_auth_method: 'tls_client_auth' }, 'invalid_client_metadata'],
  [{ grant_types: ['implicit'] }, 'invalid_client_metadata'],
  [{ response_types: ['token'] }, 'invalid_client_metadata'],
  [{ redirect_uris: [] }, 'invalid_redirect_uri'],
  [{ redirect_uris: undefined }, 'invalid_redirect_uri'],
])('metadata that cannot work is refused: %o', async (extra, error) => {
  const answer = await client.register(metadata('https://a.example/cb', extra));
  expect([answer.status, (await answer.json()) as object]).toMatchObject([400, { error }]);
});

test.each([
  ['a body that is not JSON', '{', 400],
  ['a body that is not an object', 'null', 400],
  ['a body above the limit', JSON.stringify({ a: 'x'.repeat(100_000) }), 413],
])('refuses %s with an OAuth error', async (_name, body, status) => {
  const answer = await fetch(`${client.issuer}/register`, { method: 'POST', body });
  expect([answer.status, await answer.json()]).toMatchObject([status, { error: expect.stringMatching(/^invalid_/) }]);
});

test('a method that is left out is client_secret_basic, and the secret works both ways', async () => {
  const { token_endpoint_auth_method: _, ...bare } = metadata('https://b.example/cb');
  const registered = await jsonOf(client.register(bare));
  expect(registered).toMatchObject({ token_endpoint_auth_method: 'client_secret_basic', client_secret_expires_at: 0 });
  const { client_id: id = '', client_secret: secret = '' } = registered;
  const grant = { grant_type: 'refresh_token', refresh_token: 'unknown' };
  const basic = (password: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
  });
  // its own secret gets as far as the token, which is not known
  expect((await jsonOf(client.form('token', grant, basic(secret))))['error']).toBe('invalid_grant');
  expect((await jsonOf(client.form('token', { ...grant, client_id: id, client_secret: secret })))['error']).toBe(
    'invalid_grant',
  );
  const wrong = await client.form('token', grant, basic('guess'));
  expect([wrong.status, wrong.headers.get('www-authenticate')]).toMatchObject([401, expect.stringContaining('Basic')]);
  for (const fields of [{ client_id: id }, { client_id: id, client_secret: 'guess' }, { client_id: 'nobody' }, {}]) {
    expect((await client.form('token', { ...grant, ...fields })).status).toBe(401);
  }
  const both = await client.form('token', { ...grant, client_secret: secret }, basic(secret));
  expect((await jsonOf(both))['error']).toBe('invalid_request');
  const row = await rig.prisma.oAuthClient.findUniqueOrThrow({ where: { id } });
  expect(JSON.stringify(row)).not.toContain(secret);
});

test('limits registrations per minute and address, with Retry-After', async () => {
  const statuses = new Set<number>();
  let last: Response | null = null;
  for (let count = 0; count < 70 && last?.status !== 429; count += 1) {
    last = await client.register(metadata('https://c.example/cb'));
    statuses.add(last.status);
  }
  expect([...statuses]).toEqual([201, 429]);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
});
