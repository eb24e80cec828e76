import { describe, expect, test } from 'vitest';
import { readAuthorizationRequest, toAnswer } from './authorization-request.ts';
import type { Client } from './client.ts';
import type { FindClient } from './clients.ts';
import { OAuthError } from './errors.ts';

const PUBLIC_URL = 'https://catwalk.example';
const DEPLOYMENT = { id: 'one', name: 'Weather', ownerId: 'ann', view: null };
const CALLBACK = 'https://client.example/cb?keep=1';
const CLIENT: Client = {
  id: 'c1',
  source: 'REGISTRATION',
  name: 'Client',
  uri: null,
  redirectUris: [CALLBACK],
  authMethods: ['none'],
  jwksUri: null,
  secretHash: null,
  machine: null,
};
const QUERY = {
  client_id: 'c1',
  redirect_uri: CALLBACK,
  state: 's t',
  response_type: 'code',
  code_challenge: 'x'.repeat(43),
  code_challenge_method: 'S256',
};

const findClient: FindClient = async (id) => (id === 'c1' ? CLIENT : null);
const read = (changes: Record<string, string | null> = {}, more = '', find: FindClient = findClient) => {
  const given = Object.entries({ ...QUERY, ...changes }).filter((one): one is [string, string] => one[1] !== null);
  const query = new URLSearchParams(`${new URLSearchParams(given)}${more}`);
  return readAuthorizationRequest({ publicUrl: PUBLIC_URL, findClient: find }, DEPLOYMENT, query);
};

test('reads a complete request', async () => {
  expect(await read()).toEqual({
    kind: 'ready',
    request: {
      deployment: DEPLOYMENT,
      client: CLIENT,
      redirectUri: CALLBACK,
      state: 's t',
      codeChallenge: 'x'.repeat(43),
    },
  });
});

test.each<[string, Record<string, string | null>, string]>([
  ['no state', { state: null }, ''],
  ['an empty state', { state: '' }, ''],
  ['a state of 4000 characters', { state: 's'.repeat(4_000) }, ''],
  ['the mode query', { response_mode: 'query' }, ''],
  [
    'the resource of the deployment, twice',
    {},
    `&resource=${PUBLIC_URL}/api/mcp/one&resource=${PUBLIC_URL}/api/mcp/one/`,
  ],
  ['the only redirect address left out', { redirect_uri: null }, ''],
])('accepts a request with %s', async (_what, changes, more) => {
  expect(await read(changes, more)).toMatchObject({ kind: 'ready', request: { redirectUri: CALLBACK } });
});

describe('answers only the person', () => {
  test.each<[string, Record<string, string | null>, string, string]>([
    ['no client', { client_id: null }, '', 'invalid_request'],
    ['two clients', {}, '&client_id=c1', 'invalid_request'],
    ['an unknown client', { client_id: 'c2' }, '', 'invalid_client'],
    ['another redirect address', { redirect_uri: 'https://client.example/cb' }, '', 'invalid_request'],
  ])('for %s', async (_what, changes, more, code) => {
    expect(await read(changes, more)).toMatchObject({ kind: 'refused', error: { code } });
  });

  test('when the request names no redirect address and the client has several, or none', async () => {
    const having = (redirectUris: string[]) =>
      read({ redirect_uri: null }, '', async () => ({ ...CLIENT, redirectUris }));
    for (const uris of [[], [CALLBACK, 'https://client.example/two']])
      expect(await having(uris)).toMatchObject({ kind: 'refused', error: { code: 'invalid_request' } });
  });

  test('with the reason why the document of a client cannot be used', async () => {
    const error = new OAuthError('invalid_client', 'The document is not JSON.');
    expect(await read({}, '', () => Promise.reject(error))).toEqual({ kind: 'refused', error });
  });

  test('with nothing, when the look-up of the client breaks', async () => {
    const broken = read({}, '', () => Promise.reject(new Error('away')));
    await expect(broken).rejects.toThrow('away');
  });
});

describe('sends the client back', () => {
  test.each<[string, Record<string, string | null>, string, string]>([
    ['a state that is too long', { state: 's'.repeat(4_001) }, '', 'invalid_request'],
    ['no response type', { response_type: null }, '', 'invalid_request'],
    ['another response type', { response_type: 'token' }, '', 'unsupported_response_type'],
    ['another response mode', { response_mode: 'fragment' }, '', 'invalid_request'],
    ['no challenge', { code_challenge: null }, '', 'invalid_request'],
    ['a challenge that is too short', { code_challenge: 'x'.repeat(42) }, '', 'invalid_request'],
    ['a challenge that is too long', { code_challenge: 'x'.repeat(44) }, '', 'invalid_request'],
    ['no challenge method', { code_challenge_method: null }, '', 'invalid_request'],
    ['the challenge method plain', { code_challenge_method: 'plain' }, '', 'invalid_request'],
    ['another resource', {}, '&resource=https://other.example', 'invalid_target'],
    ['one other resource of two', {}, `&resource=${PUBLIC_URL}/api/mcp/one&resource=x`, 'invalid_target'],
  ])('for %s', async (_what, changes, more, code) => {
    const answer = await read(changes, more);
    if (answer.kind !== 'sent-back') throw new Error(`It is ${answer.kind}.`);
    expect(answer.error.code).toBe(code);
    const url = new URL(answer.redirectTo);
    expect(url.origin + url.pathname).toBe('https://client.example/cb');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      keep: '1',
      error: code,
      error_description: answer.error.message,
      state: changes['state'] ?? 's t',
      iss: `${PUBLIC_URL}/oauth/one`,
    });
  });
});

test('an answer carries the state only where the client sent one, and always the issuer', () => {
  const to = { deployment: DEPLOYMENT, redirectUri: 'https://client.example/cb', state: null };
  const url = new URL(toAnswer(PUBLIC_URL, to, { code: 'abc' }));
  expect(Object.fromEntries(url.searchParams)).toEqual({ code: 'abc', iss: `${PUBLIC_URL}/oauth/one` });
});
