import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRawClient } from './raw-client.ts';
import { type OAuthRig, openOAuthRig } from './rig.ts';

let rig: OAuthRig;
let origin: string;
let others: Record<'token' | 'public' | 'deleted' | 'unknown', string>;
beforeAll(async () => {
  rig = await openOAuthRig();
  origin = rig.app.url;
  others = {
    token: await rig.deploy('TOKEN'),
    public: await rig.deploy('PUBLIC'),
    deleted: await rig.deploy('OAUTH'),
    unknown: '00000000-0000-4000-8000-000000000000',
  };
  await rig.prisma.deployment.update({ where: { id: others.deleted }, data: { desired: 'DELETED' } });
});
afterAll(() => rig?.close());

const issuerForms = (id: string) => [
  `/.well-known/oauth-authorization-server/oauth/${id}`,
  `/oauth/${id}/.well-known/oauth-authorization-server`,
  `/.well-known/openid-configuration/oauth/${id}`,
  `/oauth/${id}/.well-known/openid-configuration`,
];
const resourceForms = (id: string) => [
  `/.well-known/oauth-protected-resource/api/mcp/${id}`,
  `/.well-known/oauth-protected-resource/api/mcp/${id}/sse`,
];

test('the metadata of an OAuth deployment is found at every address that clients try', async () => {
  for (const path of resourceForms(rig.deploymentId)) {
    expect(await (await fetch(origin + path)).json()).toMatchObject({
      resource: rig.endpointUrl,
      authorization_servers: [rig.issuer],
      scopes_supported: ['mcp'],
      resource_name: 'Weather',
    });
  }
  for (const path of issuerForms(rig.deploymentId)) {
    const answer = await fetch(origin + path);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({
      issuer: rig.issuer,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
      token_endpoint_auth_methods_supported: expect.arrayContaining(['none', 'private_key_jwt']),
    });
  }
});

test('strict OpenID parsers find all that they demand, and no key', async () => {
  const openId = (await (await fetch(`${rig.issuer}/.well-known/openid-configuration`)).json()) as { jwks_uri: string };
  expect(openId).toMatchObject({
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  });
  expect(await (await fetch(openId.jwks_uri)).json()).toEqual({ keys: [] });
});

describe.each(['token', 'public', 'deleted', 'unknown'] as const)('a %s deployment', (kind) => {
  test('has no OAuth: real 404s everywhere, never the dashboard', async () => {
    const id = others[kind];
    for (const path of [...resourceForms(id), ...issuerForms(id), `/oauth/${id}/jwks`]) {
      const answer = await fetch(origin + path, { headers: { accept: 'text/html,*/*' } });
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.headers.get('content-type')).toContain('application/json');
    }
    const client = createRawClient(rig, id);
    const form = { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'x' };
    const answers = [
      await client.register({ redirect_uris: ['https://a.example/cb'] }),
      await client.form('token', form),
      await client.form('revoke', form),
      await fetch(client.begin('x', 'https://a.example/cb').url, { redirect: 'manual' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});

test('the root of the origin has no metadata: endpoints with tokens are not taken for OAuth', async () => {
  const names = ['oauth-authorization-server', 'openid-configuration', 'oauth-protected-resource'];
  const paths = names.map((name) => `/.well-known/${name}`);
  for (const path of [...paths, `/.well-known/oauth-authorization-server/api/mcp/${rig.deploymentId}`]) {
    const answer = await fetch(origin + path, { headers: { accept: 'text/html,*/*' } });
    expect([path, answer.status]).toEqual([path, 404]);
    expect(answer.headers.get('content-type')).toContain('application/json');
  }
});

test('an invalid bearer token receives an error and the address of the authorization server', async () => {
  const client = createRawClient(rig, rig.deploymentId);
  for (const bearer of ['nonsense', 'a.b.c', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`]) {
    const refused = await client.call(bearer);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer resource_metadata=".*error="invalid_token"/);
  }
  const withoutOAuth = await createRawClient(rig, others.token).call('nonsense');
  expect(withoutOAuth.status).toBe(401);
  expect(withoutOAuth.headers.get('www-authenticate')).toMatch(/^Bearer realm="Catwalk", error="invalid_token"/);
});

test('pages of any origin may read metadata, register and exchange, and nothing else', async () => {
  const client = createRawClient(rig, rig.deploymentId);
  const headers = { origin: 'https://inspector.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
  const metadata = await fetch(origin + issuerForms(rig.deploymentId)[0], { headers });
  expect(metadata.headers.get('access-control-allow-origin')).toBe('*');
  const exchanged = await client.form('token', { grant_type: 'refresh_token', client_id: 'x' }, headers);
  expect([exchanged.status, exchanged.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
  const preflight = await fetch(`${rig.issuer}/register`, {
    method: 'OPTIONS',
    headers: {
      ...headers,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'mcp-protocol-version',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toBe('mcp-protocol-version');
  const graphql = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{"query":"{ viewer { id } }"}',
  });
  expect([graphql.status, graphql.headers.get('access-control-allow-origin')]).toEqual([403, null]);
});

test('a foreign Host is refused on these paths too: DNS rebinding', async () => {
  const { request } = await import('node:http');
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { host: 'rebound.example' };
    request(origin + resourceForms(rig.deploymentId)[0], { headers }, (res) => resolve(res.resume().statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});
