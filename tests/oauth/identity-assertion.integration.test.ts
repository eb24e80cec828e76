import {
  Client,
  CrossAppAccessProvider,
  discoverAndRequestJwtAuthGrant,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSignInLinks } from '#server/domain/identity/sign-in-links.ts';
import { type Browser, openBrowser } from '#server/http/browser.testing.ts';
import { type AssertionChanges, openIdentityProvider } from './identity-provider.ts';
import { createRawClient, jsonOf, type RawClient } from './raw-client.ts';
import { endpointOf, type OAuthRig, openOAuthRig } from './rig.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const PROFILE = 'urn:ietf:params:oauth:grant-profile:id-jag';
const ANN = 'U-ann';
const REFUSAL = '... on UserError { code message }';
const TRUST = `mutation ($input: TrustIssuerInput!) { it: trustIssuer(input: $input) { __typename ${REFUSAL} } }`;
const DISTRUST = `mutation ($issuer: String!) { it: distrustIssuer(issuer: $issuer) { __typename ${REFUSAL} } }`;
const LINK = `mutation ($input: SubjectInput!, $email: String!) { it: linkSubject(input: $input, email: $email) {
  __typename ... on TrustedIssuer { issuer subjects { subject userName userEmail } } ${REFUSAL} } }`;
const UNLINK = `mutation ($input: SubjectInput!) { it: unlinkSubject(input: $input) { __typename ${REFUSAL} } }`;
const CREATE = `mutation ($input: CreateMachineClientInput!) { it: createMachineClient(input: $input) {
  ... on MachineClientPayload { secret machineClient { id clientId } } } }`;

let idp: Awaited<ReturnType<typeof openIdentityProvider>>;
let rig: OAuthRig;
let raw: RawClient;
let administrator: Browser;
let client: { id: string; secret: string };

beforeAll(async () => {
  idp = await openIdentityProvider();
  rig = await openOAuthRig({ trustedDocumentOrigins: [idp.url] });
  raw = createRawClient(rig, rig.deploymentId);
  const links = createSignInLinks({ prisma: rig.prisma, clock: () => new Date() });
  administrator = openBrowser(rig);
  await administrator.useLink(`${rig.origin}/sign-in?token=${await links.create(rig.storage.owner.id, 60_000)}`);
  client = await createClient(rig.deploymentId);
});
afterAll(async () => {
  await rig?.close();
  await idp?.close();
});

beforeEach(async () => {
  await trust();
  await link(ANN, 'ann@example.com');
  await rig.prisma.oAuthAssertion.deleteMany();
  await rig.prisma.oAuthGrant.deleteMany();
});

async function createClient(deploymentId: string) {
  const input = { deploymentId, name: 'Company desktop', grant: 'IDENTITY_ASSERTION' };
  const { data } = await rig.owner.browser.ask(CREATE, { input });
  const made = data?.['it'] as { secret: string; machineClient: { clientId: string } }; // the mutation above
  return { id: made.machineClient.clientId, secret: made.secret };
}
const trust = (audience: string | null = null, by = administrator) =>
  by.ask(TRUST, { input: { issuer: idp.url, jwksUri: idp.keysUri, audience } });
const link = (subject: string, email: string, by = administrator) =>
  by.ask(LINK, { input: { issuer: idp.url, subject }, email });
const sign = (changes?: AssertionChanges) =>
  idp.sign({ subject: ANN, audience: raw.issuer, resource: raw.resource, clientId: client.id }, changes);
const exchange = (assertion: string, at = raw, as = client) =>
  at.form('token', { grant_type: GRANT, client_id: as.id, client_secret: as.secret, assertion });
const kept = () => Promise.all([rig.prisma.oAuthAssertion.count(), rig.prisma.oAuthGrant.count()]);

test('the official client is let in by an identity provider, without a page', async () => {
  idp.clientIds.set(rig.issuer, client.id);
  const provider = new CrossAppAccessProvider({
    assertion: async ({ authorizationServerUrl, resourceUrl, fetchFn }) => {
      const { jwtAuthGrant } = await discoverAndRequestJwtAuthGrant({
        idpUrl: idp.url,
        audience: String(authorizationServerUrl),
        resource: String(resourceUrl),
        idToken: ANN,
        clientId: 'desktop-at-the-provider',
        fetchFn,
      });
      return jwtAuthGrant;
    },
    clientId: client.id,
    clientSecret: client.secret,
    expectedIssuer: rig.issuer,
  });
  const connected = new Client({ name: 'desktop', version: '1.0.0' });
  await connected.connect(new StreamableHTTPClientTransport(new URL(rig.endpointUrl), { authProvider: provider }));
  expect((await connected.listTools()).tools.length).toBeGreaterThan(0);
  await connected.close();
});

test('the token is an hour for the user whom the assertion names, without a refresh token', async () => {
  const answer = await jsonOf(exchange(await sign()));
  expect(answer).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3_600, scope: 'mcp' });
  expect((await raw.call(answer['access_token'] ?? '')).status).toBe(200);
  const { connection } = await rig.prisma.oAuthGrant.findFirstOrThrow({ include: { connection: true } });
  expect(connection).toMatchObject({ userId: rig.owner.id, clientId: client.id, deploymentId: rig.deploymentId });
});

test.each<[string, AssertionChanges, string]>([
  ['that is expired', { claims: { exp: 1_000 } }, 'The assertion has expired.'],
  ['for another audience', { claims: { aud: 'https://a.example' } }, 'The assertion is for another audience.'],
  ['for its endpoint instead of its issuer', { claims: { aud: 'RESOURCE' } }, 'The assertion is for another audience.'],
  [
    'of an unknown issuer',
    { claims: { iss: 'https://a.example' } },
    'The assertion is of an issuer that is not trusted here.',
  ],
  ['with another algorithm', { symmetric: true }, 'The assertion is signed with an algorithm that is not allowed.'],
  ['of another type', { typ: 'JWT' }, 'The assertion has another type.'],
  ['for another resource', { claims: { resource: 'https://a.example/mcp' } }, 'The assertion is for another resource.'],
  ['of another client', { claims: { client_id: 'another' } }, 'The assertion was issued to another client.'],
  ['of an unknown subject', { claims: { sub: 'U-nobody' } }, 'The subject of the assertion is no user of this server.'],
  ['without a jti', { claims: { jti: undefined } }, 'The assertion names no jti, which makes it usable once.'],
  ['that is valid for days', { claims: { exp: 99_999_999_999 } }, 'The assertion is valid for more than an hour.'],
])('an assertion %s is refused with its own sentence, and nothing is stored', async (_what, changes, sentence) => {
  const claims = changes.claims?.['aud'] === 'RESOURCE' ? { aud: raw.resource } : changes.claims;
  const answer = await exchange(await sign({ ...changes, ...(claims ? { claims } : {}) }));
  expect(answer.status).toBe(400);
  expect(await jsonOf(answer)).toEqual({ error: 'invalid_grant', error_description: sentence });
  expect(await kept()).toEqual([0, 0]);
});

test('an assertion that a stranger signed, or that cannot be read, is refused', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  expect(await jsonOf(exchange(await sign({ key: privateKey })))).toEqual({
    error: 'invalid_grant',
    error_description: 'The assertion is not signed with a key of its issuer.',
  });
  expect(await jsonOf(exchange('nonsense'))).toEqual({
    error: 'invalid_grant',
    error_description: 'The assertion cannot be read.',
  });
  expect(await kept()).toEqual([0, 0]);
});

test('an assertion works once, even when it is sent twice at the same time', async () => {
  const assertion = await sign();
  const answers = await Promise.all([exchange(assertion), exchange(assertion), exchange(assertion)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
  expect(await jsonOf(exchange(assertion))).toEqual({
    error: 'invalid_grant',
    error_description: 'The assertion was used before.',
  });
});

test('the client must prove itself, and may be no client that registered itself', async () => {
  expect((await exchange(await sign(), raw, { ...client, secret: 'cws_guess' })).status).toBe(401);
  const registered = await jsonOf(
    raw.register({ redirect_uris: ['https://client.example/cb'], token_endpoint_auth_method: 'client_secret_post' }),
  );
  const as = { id: registered['client_id'] ?? '', secret: registered['client_secret'] ?? '' };
  const assertion = await sign({ claims: { client_id: as.id } });
  expect(await jsonOf(exchange(assertion, raw, as))).toMatchObject({ error: 'unauthorized_client' });
  expect(await kept()).toEqual([0, 0]);
});

test('a user who may not use the deployment, and one who is locked, are refused', async () => {
  const bob = await rig.signUp('bob');
  await link('U-bob', 'bob@example.com');
  const ofBob = () => sign({ claims: { sub: 'U-bob' } });
  expect(await jsonOf(exchange(await ofBob()))).toEqual({
    error: 'invalid_grant',
    error_description: 'The user of the assertion may not use this server.',
  });
  await rig.prisma.user.update({ where: { id: bob.id }, data: { lockedAt: new Date() } });
  expect(await jsonOf(exchange(await ofBob()))).toEqual({
    error: 'invalid_grant',
    error_description: 'The user of the assertion is locked.',
  });
  await rig.prisma.user.delete({ where: { id: bob.id } });
  expect(await jsonOf(exchange(await ofBob()))).toEqual({
    error: 'invalid_grant',
    error_description: 'The subject of the assertion is no user of this server.',
  });
  expect(await kept()).toEqual([0, 0]);
});

test('an audience for the whole installation needs the resource to be named', async () => {
  await trust('https://catwalk.example');
  const claims = { aud: 'https://catwalk.example' };
  expect((await exchange(await sign({ claims }))).status).toBe(200);
  expect(await jsonOf(exchange(await sign({ claims: { ...claims, resource: undefined } })))).toMatchObject({
    error_description: 'The assertion names no resource.',
  });
  const other = await rig.deploy('OAUTH', 'Other');
  const elsewhere = createRawClient(rig, other);
  const as = await createClient(other);
  const assertion = await sign({ claims: { ...claims, client_id: as.id } });
  expect(await jsonOf(exchange(assertion, elsewhere, as))).toMatchObject({
    error_description: 'The assertion is for another resource.',
  });
  expect((await raw.call(null, endpointOf(rig, other))).status).toBe(401);
});

test('a provider whose keys are away is reported as such, and its known keys work on', async () => {
  expect((await exchange(await sign())).status).toBe(200);
  const fetched = idp.keysFetched;
  idp.setAway(true);
  try {
    expect((await exchange(await sign())).status).toBe(200);
    const keysAway = `${idp.url}/other-keys`;
    await administrator.ask(TRUST, { input: { issuer: idp.url, jwksUri: keysAway } });
    const answer = await exchange(await sign());
    expect([answer.status, await jsonOf(answer)]).toEqual([
      503,
      { error: 'temporarily_unavailable', error_description: 'The keys of the issuer cannot be fetched.' },
    ]);
  } finally {
    idp.setAway(false);
  }
  expect(idp.keysFetched).toBe(fetched);
});

test('ending a link or the trust ends what it gave', async () => {
  for (const end of [
    () => administrator.ask(UNLINK, { input: { issuer: idp.url, subject: ANN } }),
    () => administrator.ask(DISTRUST, { issuer: idp.url }),
  ]) {
    await trust();
    await link(ANN, 'ann@example.com');
    const { access_token: token = '' } = await jsonOf(exchange(await sign()));
    expect((await raw.call(token)).status).toBe(200);
    expect((await end()).data?.['it']).not.toHaveProperty('code');
    await expect.poll(async () => (await raw.call(token)).status).toBe(401);
    expect((await exchange(await sign())).status).toBe(400);
  }
});

test('the metadata names the grant while an issuer is trusted', async () => {
  const read = async () =>
    jsonOf(fetch(`${rig.origin}/.well-known/oauth-authorization-server/oauth/${rig.deploymentId}`));
  expect(await read()).toMatchObject({
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', GRANT],
    authorization_grant_profiles_supported: [PROFILE],
  });
  await administrator.ask(DISTRUST, { issuer: idp.url });
  const without = await read();
  expect(without['grant_types_supported']).toEqual(['authorization_code', 'refresh_token', 'client_credentials']);
  expect(without).not.toHaveProperty('authorization_grant_profiles_supported');
});

test('only the administrator in person trusts issuers and links subjects', async () => {
  const { token } = await rig.tokenFor(rig.storage.owner.id);
  const input = { issuer: 'https://idp.example', jwksUri: 'https://idp.example/keys' };
  expect((await rig.owner.browser.ask(TRUST, { input })).data?.['it']).toMatchObject({ code: 'FORBIDDEN' });
  expect((await rig.ask(token, TRUST, { input })).data?.['it']).toMatchObject({ code: 'FORBIDDEN' });
  expect((await link('U-x', 'ann@example.com', rig.owner.browser)).data?.['it']).toMatchObject({ code: 'FORBIDDEN' });
  const { errors } = await rig.owner.browser.ask('{ trustedIssuers { issuer } }');
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  for (const jwksUri of ['http://idp.example/keys', 'nonsense', 'https://u:p@idp.example/keys']) {
    const refused = await administrator.ask(TRUST, { input: { ...input, jwksUri } });
    expect(refused.data?.['it']).toMatchObject({ code: 'INVALID_INPUT' });
  }
});
