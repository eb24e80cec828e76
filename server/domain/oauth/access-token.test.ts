import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { Secret } from '#server/domain/credentials/secret.ts';
import { createAccessTokens } from './access-token.ts';
import { createOAuthKeys } from './keys.ts';

const PUBLIC_URL = 'https://catwalk.example';
const CLAIMS = { grantId: 'g', connectionId: 'c', clientId: 'client', userId: 'ann' };
const STARTED_MS = 1_700_000_000_500;

function open() {
  let nowMs = STARTED_MS;
  const keys = createOAuthKeys(new Secret('k'.repeat(32)));
  const tokens = createAccessTokens({ publicUrl: PUBLIC_URL, keys, clock: () => new Date(nowMs) });
  return { keys, tokens, pass: (ms: number) => (nowMs += ms) };
}

test('issues a token with the claims of RFC 9068, for one deployment', async () => {
  const { tokens } = open();
  const token = await tokens.issue('one', CLAIMS);
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'at+jwt' });
  expect(decodeJwt(token)).toEqual({
    iss: `${PUBLIC_URL}/oauth/one`,
    aud: `${PUBLIC_URL}/api/mcp/one`,
    sub: 'ann',
    client_id: 'client',
    grant: 'g',
    connection: 'c',
    scope: 'mcp',
    iat: 1_700_000_000,
    exp: 1_700_003_600,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test('accepts a token for an hour, at its deployment only', async () => {
  const { tokens, pass } = open();
  const token = await tokens.issue('one', CLAIMS);
  expect(await tokens.verify('one', token)).toEqual({ ...CLAIMS, expiresAtMs: 1_700_003_600_000 });
  expect(await tokens.verify('two', token)).toBeNull();
  pass(3_599_000);
  expect(await tokens.verify('one', token)).not.toBeNull();
  pass(1_000);
  expect(await tokens.verify('one', token)).toBeNull();
});

test.each([
  ['another type', { typ: 'JWT' }, {}],
  ['another issuer', {}, { iss: `${PUBLIC_URL}/oauth/two` }],
  ['another audience', {}, { aud: `${PUBLIC_URL}/api/mcp/two` }],
  ['no grant', {}, { grant: undefined }],
  ['no expiry', {}, { exp: undefined }],
])('refuses a token with %s', async (_what, header, claims) => {
  const { tokens, keys } = open();
  const payload = decodeJwt(await tokens.issue('one', CLAIMS));
  const sign = (changes: object, head: object = {}) =>
    new SignJWT({ ...payload, ...changes })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...head })
      .sign(keys.accessToken);
  expect(await tokens.verify('one', await sign({}))).not.toBeNull();
  expect(await tokens.verify('one', await sign(claims, header))).toBeNull();
});

test('refuses a text of more than 4000 characters', async () => {
  const { tokens } = open();
  const issue = (length: number) => tokens.issue('one', { ...CLAIMS, clientId: 'c'.repeat(length) });
  expect(await tokens.verify('one', await issue(2_000))).not.toBeNull();
  expect(await tokens.verify('one', await issue(4_000))).toBeNull();
});
