import { expect, test } from 'vitest';
import { OAuthError, type OAuthErrorCode } from './errors.ts';
import { isResource, oauthAddresses } from './names.ts';

test('names the addresses of a deployment below its own issuer', () => {
  const issuer = 'https://catwalk.example/oauth/one';
  expect(oauthAddresses('https://catwalk.example', 'one')).toEqual({
    resource: 'https://catwalk.example/api/mcp/one',
    resourceMetadata: 'https://catwalk.example/.well-known/oauth-protected-resource/api/mcp/one',
    issuer,
    authorize: `${issuer}/authorize`,
    token: `${issuer}/token`,
    register: `${issuer}/register`,
    revoke: `${issuer}/revoke`,
    jwks: `${issuer}/jwks`,
  });
});

test.each([
  ['https://catwalk.example/api/mcp/one', true],
  ['https://catwalk.example/api/mcp/one/', true],
  ['https://catwalk.example/api/mcp/one/sse', true],
  ['HTTPS://CATWALK.example:443/api/mcp/one', true],
  ['https://catwalk.example/api/mcp/two', false],
  ['https://catwalk.example/api/mcp/one/other', false],
  ['https://catwalk.example/api/mcp/one?a=1', false],
  ['https://other.example/api/mcp/one', false],
  ['one', false],
])('%s is the resource of the deployment: %s', (given, expected) => {
  expect(isResource('https://catwalk.example', 'one', given)).toBe(expected);
});

test('the resource of a view is another one than that of its deployment', () => {
  const at = 'https://catwalk.example/api/mcp/one';
  const isOfView = (given: string) => isResource('https://catwalk.example', 'one', given, 'triage');
  expect([`${at}/v/triage`, `${at}/v/triage/sse`, at, `${at}/v/other`].map(isOfView)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(isResource('https://catwalk.example', 'one', `${at}/v/triage`)).toBe(false);
  expect(oauthAddresses('https://catwalk.example', 'one', 'triage')).toMatchObject({
    resource: `${at}/v/triage`,
    resourceMetadata: 'https://catwalk.example/.well-known/oauth-protected-resource/api/mcp/one/v/triage',
    token: 'https://catwalk.example/oauth/one/v/triage/token',
  });
});

test.each<[OAuthErrorCode, number]>([
  ['invalid_client', 401],
  ['temporarily_unavailable', 503],
  ['invalid_grant', 400],
])('%s is sent with status %i', (code, status) => {
  expect(new OAuthError(code, 'Why.')).toMatchObject({ name: 'OAuthError', code, status, message: 'Why.' });
});
