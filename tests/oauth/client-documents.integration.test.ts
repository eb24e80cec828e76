import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemoryProvider } from './memory-provider.ts';
import { createRawClient, jsonOf, type RawClient } from './raw-client.ts';
import { decide, type OAuthRig, openConsent, openOAuthRig, redirectOf } from './rig.ts';

const CALLBACK = 'https://chat.example/connector/oauth/1';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let rig: OAuthRig;
let client: RawClient;
let web: Server;
/** The website of a client's maker: what it answers at each path, and how often it was asked. */
const site = new Map<string, RequestListener>();
const asked = new Map<string, number>();
let origin: string;
let passedMs = 0;

beforeAll(async () => {
  web = createServer((req, res) => {
    const path = req.url ?? '';
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const answer = site.get(path);
    if (answer) answer(req, res);
    else res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`; // it listens on TCP
  const clock = () => new Date(Date.now() + passedMs);
  rig = await openOAuthRig({ clock, trustedDocumentOrigins: [origin] });
  client = createRawClient(rig, rig.deploymentId);
});
afterAll(async () => {
  await rig?.close();
  web.closeAllConnections();
  web.close();
});

const serveJson =
  (value: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_req, res) =>
    res.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));

/** Publishes a document and gives its address, which is the client's id. */
const publish = (path: string, document: object, headers?: Record<string, string>): string => {
  const clientId = origin + path;
  const common = { client_id: clientId, client_name: 'ChatGPT', redirect_uris: [CALLBACK] };
  site.set(path, serveJson({ ...common, ...document }, headers));
  return clientId;
};
const consentFor = (clientId: string, redirectUri = CALLBACK) =>
  openConsent(rig.owner.browser, client.begin(clientId, redirectUri).url);

test('the official client connects with a document instead of a registration, and its host vouches for it', async () => {
  const redirectUri = 'http://127.0.0.1:4000/cb';
  const clientId = publish('/desk.json', { client_name: 'Desk', redirect_uris: ['http://127.0.0.1/cb'] });
  const { data } = await rig.owner.browser.ask(
    'query ($input: ConsentInput!) { consentRequest(input: $input) { clientName clientHost vouchedFor } }',
    { input: { deploymentId: rig.deploymentId, query: client.begin(clientId, redirectUri).query.toString() } },
  );
  expect(data?.['consentRequest']).toEqual({ clientName: 'Desk', clientHost: new URL(origin).host, vouchedFor: true });

  const tokens = await connectWithCode(clientId, redirectUri);
  expect((await client.call(tokens['access_token'] ?? '')).status).toBe(200);
});

test('the official client prefers its document where the metadata says so', async () => {
  // it insists on https for its own address, so the flow ends where the address is fetched: no server responds
  const provider = createMemoryProvider({}, CALLBACK, 'https://desk.invalid/client.json');
  const connected = new Client({ name: 'v2', version: '1.0.0' }).connect(
    new StreamableHTTPClientTransport(new URL(rig.endpointUrl), { authProvider: provider }),
  );
  await expect(connected).rejects.toBeInstanceOf(UnauthorizedError);
  expect(provider.sentTo().searchParams.get('client_id')).toBe('https://desk.invalid/client.json');
  const { status, text } = await openConsent(rig.owner.browser, provider.sentTo());
  expect([status, text]).toEqual([400, expect.stringContaining('could not be fetched')]);
  // the page has a way on
  expect(text).toContain('remove it and add it again');
  expect(text).toContain(`href="/deployments/${rig.deploymentId}/access"`);
  // a client that comes back with this id receives the error upon which clients register
  const clientId = 'https://desk.invalid/client.json';
  const answer = await client.redeem(clientId, CALLBACK, 'code', 'v'.repeat(43));
  expect(answer.status).toBe(401);
  expect(await jsonOf(answer)).toEqual({
    error: 'invalid_client',
    error_description: 'The client document of desk.invalid could not be fetched. Register the client.',
  });
});

async function connectWithCode(
  clientId: string,
  redirectUri: string,
  proof: () => Promise<Record<string, string>> = async () => ({}),
) {
  const { url, verifier } = client.begin(clientId, redirectUri);
  const back = await redirectOf(decide(rig.owner.browser, url));
  const code = back.searchParams.get('code') ?? '';
  return jsonOf(client.redeem(clientId, redirectUri, code, verifier, await proof()));
}

test('a client such as ChatGPT authenticates with its published key, and no other client can', async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const stranger = await generateKeyPair('RS256');
  site.set(
    '/jwks.json',
    serveJson({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] }),
  );
  const clientId = publish('/chat/client.json', {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'RS256',
    jwks_uri: `${origin}/jwks.json`,
  });
  const assert = async (changes: { key?: CryptoKey; audience?: string; issuer?: string; expires?: string } = {}) => ({
    client_assertion_type: ASSERTION,
    client_assertion: await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(changes.issuer ?? clientId)
      .setSubject(clientId)
      .setAudience(changes.audience ?? `${client.issuer}/token`)
      .setIssuedAt()
      .setExpirationTime(changes.expires ?? '5m')
      .setJti(crypto.randomUUID())
      .sign(changes.key ?? privateKey),
  });
  for (const proof of [
    async () => ({}),
    async () => ({ client_secret: 'guess' }),
    () => assert({ key: stranger.privateKey }),
    () => assert({ audience: 'https://elsewhere.example/token' }),
    () => assert({ issuer: 'https://elsewhere.example' }),
    () => assert({ expires: '-5m' }),
    async () => ({ client_assertion_type: ASSERTION, client_assertion: 'nonsense' }),
  ]) {
    expect((await connectWithCode(clientId, CALLBACK, proof))['error']).toBe('invalid_client');
  }
  for (const audience of [`${client.issuer}/token`, client.issuer]) {
    const tokens = await connectWithCode(clientId, CALLBACK, () => assert({ audience }));
    expect((await client.call(tokens['access_token'] ?? '')).status).toBe(200);
    const again = await client.refresh(clientId, tokens['refresh_token'] ?? '', await assert({ audience }));
    expect(again.status).toBe(200);
    expect((await client.refresh(clientId, tokens['refresh_token'] ?? '')).status).toBe(401);
  }
});

test('a client that also takes no proof may send none', async () => {
  const clientId = publish('/both/client.json', {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
    jwks_uri: `${origin}/jwks.json`,
  });
  expect(await connectWithCode(clientId, CALLBACK)).toHaveProperty('access_token');
});

test.each([
  ['another client_id', { client_id: 'https://elsewhere.example/client.json' }],
  ['no redirect address', { redirect_uris: [] }],
  ['none that is allowed', { redirect_uris: ['javascript:alert(1)', 'http://a.example/cb'] }],
  ['a shared secret', { token_endpoint_auth_method: 'client_secret_post' }],
  ['a key that it does not publish', { token_endpoint_auth_method: 'private_key_jwt' }],
])('a document with %s is refused', async (what, changes) => {
  const { status, text } = await consentFor(publish(`/bad/${encodeURIComponent(what)}`, changes));
  expect(status).toBe(400);
  expect(text).toContain('client document is not valid');
});

test('only redirect addresses of the document are answered at', async () => {
  const clientId = publish('/exact.json', {});
  expect((await consentFor(clientId)).status).toBe(303);
  expect((await consentFor(clientId, `${CALLBACK}/more`)).status).toBe(400);
});

test.each([
  ['a redirect', (_req, res) => res.writeHead(302, { location: '/desk.json' }).end()],
  ['a page', (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>')],
  ['no end', (_req, res) => res.writeHead(200).end('x'.repeat(200_000))],
  ['nothing', (_req, res) => res.writeHead(404).end()],
] satisfies [string, RequestListener][])('%s is no document', async (name, answer) => {
  const path = `/odd/${encodeURIComponent(name)}`;
  site.set(path, answer);
  expect((await consentFor(origin + path)).status).toBe(400);
});

test.each(['https://127.0.0.1', 'https://localhost', 'https://[::ffff:127.0.0.1]', 'https://0', 'http://127.0.0.1'])(
  '%s is never connected to',
  async (inside) => {
    let connections = 0;
    const neighbor = createTcpServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => neighbor.listen(0, resolve)); // on every address of this computer
    try {
      const { port } = neighbor.address() as AddressInfo; // it listens on TCP
      const { status, text } = await consentFor(`${new URL(`${inside}:${port}/client.json`)}`);
      expect([status, text]).toEqual([400, expect.stringContaining('could not be fetched')]);
      expect(connections).toBe(0);
    } finally {
      neighbor.close();
    }
  },
);

test('a document is fetched once while it is fresh, by any number of people, and so is a failure', async () => {
  const clientId = publish('/cached.json', {}, { 'cache-control': 'max-age=600' });
  await Promise.all(Array.from({ length: 5 }, () => consentFor(clientId)));
  expect(asked.get('/cached.json')).toBe(1);
  passedMs += 601_000;
  await consentFor(clientId);
  expect(asked.get('/cached.json')).toBe(2);
  for (let count = 0; count < 3; count += 1) await consentFor(`${origin}/missing.json`);
  expect(asked.get('/missing.json')).toBe(1);
});

test('keeps clients connected while the host of their document is away', async () => {
  const clientId = publish('/away.json', {});
  const tokens = await connectWithCode(clientId, CALLBACK);
  site.delete('/away.json');
  passedMs += 25 * 60 * 60_000;
  expect((await client.refresh(clientId, tokens['refresh_token'] ?? '')).status).toBe(200);
});
