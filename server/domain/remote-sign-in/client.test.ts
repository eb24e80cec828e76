import { expect, test } from 'vitest';
import { callbackUrl, chooseClient, clientDocument, documentUrl, isReachable } from './client.ts';
import type { SignInPlace } from './discover.ts';

const ISSUER = 'https://auth.example.com';
const PUBLIC = 'https://catwalk.example.com';
const LOCAL = 'http://localhost:3000';
const NOW_MS = 1_780_000_000_000;

const placeWith = (metadata: Partial<SignInPlace['metadata']>): SignInPlace => ({
  metadata: {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    response_types_supported: ['code'],
    ...metadata,
  },
  resource: 'https://mcp.example.com/mcp',
  scope: null,
});
const DOCUMENTS = { client_id_metadata_document_supported: true };
const REGISTERS = { registration_endpoint: `${ISSUER}/register` };

/** Chooses, and returns the choice with the registrations that were requested. */
async function choose(
  metadata: Partial<SignInPlace['metadata']>,
  { publicUrl = PUBLIC, ...rest }: Partial<Parameters<typeof chooseClient>[1]> = {},
) {
  const requested: Record<string, unknown>[] = [];
  const fetchFn = async (_url: string | URL, init?: RequestInit) => {
    const body = JSON.parse(String(init?.body)) as Record<string, unknown>; // what the client sends
    requested.push(body);
    return Response.json({ ...body, client_id: 'registered' }, { status: 201 });
  };
  const choice = { fetchFn, publicUrl, entered: null, known: null, nowMs: NOW_MS, ...rest };
  return { client: await chooseClient(placeWith(metadata), choice), requested };
}

test('takes the client that the owner entered before all others', async () => {
  const entered = { clientId: 'mine', clientSecret: 'secret' };
  const { client, requested } = await choose({ ...DOCUMENTS, ...REGISTERS }, { entered });
  expect(client).toMatchObject({ client_id: 'mine', client_secret: 'secret', issuer: ISSUER });
  expect(requested).toEqual([]);
});

test('refuses an entered client whose texts are too long', async () => {
  const long = 'x'.repeat(2_001);
  for (const entered of [
    { clientId: long, clientSecret: null },
    { clientId: 'mine', clientSecret: long },
  ])
    await expect(choose(REGISTERS, { entered })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('is known by its document where the server reads documents and can reach it', async () => {
  const { client, requested } = await choose({ ...DOCUMENTS, ...REGISTERS });
  expect(client).toMatchObject({ client_id: documentUrl(PUBLIC), redirectUri: callbackUrl(PUBLIC) });
  expect(clientDocument(PUBLIC)).toMatchObject({
    client_id: documentUrl(PUBLIC),
    redirect_uris: [callbackUrl(PUBLIC)],
  });
  expect(requested).toEqual([]);
});

test('registers where its document cannot be reached, as a program where it is reached over http', async () => {
  const { client, requested } = await choose({ ...DOCUMENTS, ...REGISTERS }, { publicUrl: LOCAL });
  expect(client).toMatchObject({ client_id: 'registered', redirectUri: callbackUrl(LOCAL) });
  expect(requested).toMatchObject([{ application_type: 'native', redirect_uris: [callbackUrl(LOCAL)] }]);
  expect(requested[0]).not.toHaveProperty('client_id');
});

test.each([
  [undefined, 'client_secret_basic'],
  [['client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
  [['client_secret_post'], 'client_secret_post'],
  [['none', 'client_secret_post'], 'none'],
])('registers with a way to authenticate that the server offers: %j', async (offered, method) => {
  const metadata = offered ? { token_endpoint_auth_methods_supported: offered } : {};
  const { requested } = await choose({ ...REGISTERS, ...metadata });
  expect(requested).toMatchObject([{ token_endpoint_auth_method: method }]);
});

test('keeps the registration of the sign-in before while it works here', async () => {
  const known = { client_id: 'known', issuer: ISSUER, redirectUri: callbackUrl(PUBLIC) };
  expect((await choose(REGISTERS, { known })).client).toEqual(known);
  for (const stale of [
    { ...known, issuer: 'https://other.example.com' },
    { ...known, redirectUri: callbackUrl(LOCAL) },
    { ...known, client_secret: 's', client_secret_expires_at: NOW_MS / 1_000 - 1 },
  ])
    expect((await choose(REGISTERS, { known: stale })).client.client_id).toBe('registered');
});

test('asks for a client where it cannot register, and names the redirect address', async () => {
  await expect(choose({})).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    hint: expect.stringContaining(callbackUrl(PUBLIC)),
    fields: [{ field: 'clientId' }],
  });
});

test.each([
  ['https://catwalk.example.com', true],
  ['https://203.0.114.7', true],
  ['http://catwalk.example.com', false],
  ['https://localhost', false],
  ['https://catwalk.internal', false],
  ['https://catwalk', false],
  ['https://192.168.1.2', false],
  ['https://[::1]', false],
])('a server on the internet reaches %s: %j', (url, expected) => {
  expect(isReachable(url)).toBe(expected);
});
