import { expect, test } from 'vitest';
import { discoverSignIn, readChallenge } from './discover.ts';

const SERVER = 'https://mcp.example.com/mcp';
const ISSUER = 'https://auth.example.com';
const RESOURCE_PATH = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';
const OAUTH = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';

const resource = { resource: SERVER, authorization_servers: [ISSUER], scopes_supported: ['read', 'write'] };
const metadata = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  response_types_supported: ['code'],
  code_challenge_methods_supported: ['S256'],
};

/** Discovers with documents at addresses; everything else is not found. */
function discover(documents: Record<string, object | number>, challenge = readChallenge(null)) {
  const fetchFn = async (url: string | URL) => {
    const found = documents[String(url)] ?? 404;
    return typeof found === 'number' ? new Response('?', { status: found }) : Response.json(found);
  };
  return discoverSignIn(fetchFn, SERVER, challenge, () => false);
}

test.each([
  [null, { resourceMetadataUrl: null, scope: null, error: null }],
  ['Basic realm="x"', { resourceMetadataUrl: null, scope: null, error: null }],
  [
    ['Basic realm="x"', 'Bearer resource_metadata="https://a.example/m", scope="read write"'],
    { resourceMetadataUrl: 'https://a.example/m', scope: 'read write', error: null },
  ],
  ['Bearer error="insufficient_scope", scope="admin"', { error: 'insufficient_scope', scope: 'admin' }],
])('reads the challenge %j', (header, expected) => {
  expect(readChallenge(header)).toMatchObject(expected);
});

test('finds the authorization server through the metadata of the resource', async () => {
  const found = await discover({ [RESOURCE_PATH]: resource, [ISSUER + OAUTH]: metadata });
  expect(found).toMatchObject({ metadata, resource: SERVER, scope: 'read write' });
});

test('requests the scopes of the challenge, and offline access where it exists', async () => {
  const named = 'https://mcp.example.com/metadata';
  const found = await discover(
    { [named]: resource, [ISSUER + OAUTH]: { ...metadata, scopes_supported: ['offline_access'] } },
    { resourceMetadataUrl: named, scope: 'calendar', error: null },
  );
  expect(found?.scope).toBe('calendar offline_access');
});

test('reads the metadata of OpenID Connect, and of servers of MCP 2025-03-26 at their own origin', async () => {
  const openid = { ...metadata, jwks_uri: `${ISSUER}/jwks`, subject_types_supported: ['public'] };
  const algorithms = { id_token_signing_alg_values_supported: ['RS256'] };
  expect(await discover({ [RESOURCE_PATH]: resource, [ISSUER + OPENID]: { ...openid, ...algorithms } })).not.toBeNull();
  const own = { ...metadata, issuer: 'https://mcp.example.com' };
  expect(await discover({ [`https://mcp.example.com${OAUTH}`]: own })).toMatchObject({ resource: SERVER, scope: null });
});

test('finds nothing where a server describes no sign-in', async () => {
  expect(await discover({})).toBeNull();
});

test.each([
  ['belongs to another server', { [RESOURCE_PATH]: { ...resource, resource: 'https://evil.example' } }],
  [
    'names another authorization server',
    { [RESOURCE_PATH]: resource, [ISSUER + OAUTH]: { ...metadata, issuer: SERVER } },
  ],
  ['does not describe how to sign in', { [RESOURCE_PATH]: resource }],
  ['cannot be read', { [RESOURCE_PATH]: resource, [ISSUER + OAUTH]: { issuer: ISSUER } }],
  [
    'does not support PKCE',
    { [RESOURCE_PATH]: resource, [ISSUER + OAUTH]: { ...metadata, code_challenge_methods_supported: ['plain'] } },
  ],
  [
    'an address without HTTPS',
    {
      [RESOURCE_PATH]: resource,
      [ISSUER + OAUTH]: { ...metadata, authorization_endpoint: 'http://auth.example.com/' },
    },
  ],
])('refuses a description that %s', async (words, documents: Record<string, object>) => {
  const message = expect.stringContaining(words);
  await expect(discover(documents)).rejects.toMatchObject({ code: 'SIGN_IN_FAILED', message });
});

test.each([
  [{ revocation_endpoint: `${ISSUER}/${'r'.repeat(2_000)}` }],
  [{ token_endpoint: `${ISSUER}/${'t'.repeat(2_000)}` }],
  [{ response_types_supported: ['code', 'x'.repeat(101)] }],
  [{ response_types_supported: Array.from({ length: 101 }, () => 'code') }],
])('keeps no text without a bound: %#', async (values) => {
  const found = discover({ [RESOURCE_PATH]: resource, [ISSUER + OAUTH]: { ...metadata, ...values } });
  await expect(found).rejects.toThrow('too long');
});
