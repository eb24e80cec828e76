import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRawClient, jsonOf, type RawClient, type Tokens } from './raw-client.ts';
import { decide, type OAuthRig, openConsent, openOAuthRig, redirectOf, submit } from './rig.ts';

const CALLBACK = 'https://client.example/cb';
let rig: OAuthRig;
let client: RawClient;
let clientId: string;
beforeAll(async () => {
  rig = await openOAuthRig();
  client = createRawClient(rig, rig.deploymentId);
});
beforeEach(async () => {
  const metadata = { client_name: 'A\u202eB\u0000 <b>', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' };
  clientId = (await jsonOf(client.register(metadata)))['client_id'] ?? '';
});
afterAll(() => rig?.close());

const linkWith = (changes: Record<string, string | null>) => {
  const { query } = client.begin(clientId, CALLBACK, { state: 'kept' });
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return `${client.issuer}/authorize?${query}`;
};

const QUERY = `query ($input: ConsentInput!) { consentRequest(input: $input) {
  clientName clientHost vouchedFor redirectTarget deployment { name } } }`;
const inputOf = (consentPath: string) => {
  const { pathname, search } = new URL(consentPath, 'http://localhost');
  return { deploymentId: pathname.split('/')[2] ?? '', query: search.slice(1) };
};

test('the owner sees who asks, for what, and where the answer goes', async () => {
  const { location } = await openConsent(rig.owner.browser, linkWith({}));
  const { data } = await rig.owner.browser.ask(QUERY, { input: inputOf(location) });
  expect(data?.['consentRequest']).toEqual({
    clientName: 'AB <b>', // nothing that cannot be seen, or turns the text around
    clientHost: null,
    vouchedFor: false,
    redirectTarget: 'client.example',
    deployment: { name: 'Weather' },
  });
});

test.each([
  ['unsupported_response_type', { response_type: 'token' }],
  ['invalid_request', { response_type: null }],
  ['invalid_request', { code_challenge: null }],
  ['invalid_request', { code_challenge_method: 'plain' }],
  ['invalid_request', { code_challenge_method: null }],
  ['invalid_request', { code_challenge: 'short' }],
  ['invalid_request', { response_mode: 'fragment' }],
  ['invalid_target', { resource: 'https://elsewhere.example/api/mcp/x' }],
])(
  'a website receives %s for %o with its state and the issuer through a link that the person follows',
  async (error, changes) => {
    const { status, location, text } = await openConsent(rig.owner.browser, linkWith(changes));
    expect({ status, location }).toEqual({ status: 400, location: '' });
    const link = /href="(https:[^"]*)"[^>]*>Back to ([^<]*)</.exec(text);
    const back = new URL(link?.[1]?.replaceAll('&amp;', '&') ?? '');
    expect(back.origin + back.pathname).toBe(CALLBACK);
    expect(link?.[2]).toBe(back.host);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error, state: 'kept', iss: rig.issuer });
  },
);

test("a program on the person's own computer is redirected at once", async () => {
  const callback = 'http://127.0.0.1:4000/cb';
  const id = (await jsonOf(client.register({ redirect_uris: [callback], token_endpoint_auth_method: 'none' })))[
    'client_id'
  ];
  const { query } = client.begin(id ?? '', callback, { state: 'kept' });
  query.delete('code_challenge');
  const { status, location } = await openConsent(rig.owner.browser, `${client.issuer}/authorize?${query}`);
  expect(status).toBe(303);
  expect(location.startsWith(`${callback}?error=invalid_request&`)).toBe(true);
});

test.each([
  [{ client_id: null }],
  [{ client_id: 'nobody' }],
  [{ redirect_uri: 'https://evil.example/cb' }],
  [{ redirect_uri: 'javascript:alert(1)' }],
])('shows an error to the person for %o and redirects nowhere', async (changes) => {
  const { status, location, text } = await openConsent(rig.owner.browser, linkWith(changes));
  expect([status, location]).toEqual([400, '']);
  expect(text).toContain('This client cannot be connected');
});

test('a parameter that is sent twice counts as none, but for the resource', async () => {
  const twice = await openConsent(rig.owner.browser, `${linkWith({})}&client_id=x`);
  expect(twice.status).toBe(400);
  const resources = await openConsent(rig.owner.browser, `${linkWith({})}&resource=${client.resource}/sse`);
  expect(resources.location).toContain('/consent?');
});

test('without a resource the issuer says which deployment is meant, and one redirect address need not be named', async () => {
  const back = await redirectOf(decide(rig.owner.browser, linkWith({ resource: null, redirect_uri: null })));
  expect(back.origin + back.pathname).toBe(CALLBACK);
  expect(back.searchParams.get('code')).toBeTruthy();
});

test('another user, an API token and a signed-out caller cannot decide', async () => {
  const other = await rig.signUp('bob');
  const { location } = await openConsent(other.browser, linkWith({}));
  const input = inputOf(location);
  expect((await other.browser.ask(QUERY, { input })).data).toEqual({ consentRequest: null });
  for (const decision of ['allowClient', 'denyClient'] as const) {
    expect(await submit(other.browser, location, decision)).toMatchObject({ __typename: 'NotFoundError' });
  }
  const { token } = await rig.tokenFor(rig.owner.id);
  const allow =
    'mutation ($input: ConsentInput!) { allowClient(input: $input) { __typename ... on UserError { code } } }';
  expect((await rig.ask(token, allow, { input })).data).toEqual({
    allowClient: { __typename: 'GenericUserError', code: 'FORBIDDEN' },
  });
  expect((await rig.ask(null, allow, { input })).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  expect(await rig.prisma.oAuthCode.count({ where: { userId: other.id } })).toBe(0);
});

test('a page of another site cannot decide, and cannot frame the page on which one decides', async () => {
  const { location } = await openConsent(rig.owner.browser, linkWith({}));
  const decided = await rig.owner.browser.send('/graphql', {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($i: ConsentInput!) { allowClient(input: $i) { __typename } }',
      variables: { i: inputOf(location) },
    }),
  });
  expect(decided.status).toBe(403);
  const page = await rig.owner.browser.send(location, { headers: { accept: 'text/html' } });
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(page.headers.get('x-frame-options')).toBe('DENY');
});

test('deciding twice gives one code and one entry in the audit; another request gives another', async () => {
  const count = () => rig.prisma.auditEvent.count({ where: { type: 'client.allowed' } });
  const before = await count();
  const { location } = await openConsent(rig.owner.browser, linkWith({}));
  const answers = await Promise.all(Array.from({ length: 4 }, () => submit(rig.owner.browser, location)));
  expect(new Set(answers.map(({ redirectTo }) => redirectTo)).size).toBe(1);
  expect(answers[0]?.redirectTo).toContain('code=');
  expect(await count()).toBe(before + 1);
  const other = await redirectOf(decide(rig.owner.browser, linkWith({})));
  expect(other.href).not.toBe(answers[0]?.redirectTo);
});

test('a denied client receives access_denied with its state and the issuer', async () => {
  const back = await redirectOf(decide(rig.owner.browser, linkWith({}), 'denyClient'));
  const heard = { error: 'access_denied', state: 'kept', iss: rig.issuer };
  expect(Object.fromEntries(back.searchParams)).toMatchObject(heard);
  expect(back.searchParams.has('code')).toBe(false);
});

const CLIENTS = '{ connectedClients { id name vouchedFor lastUsedAt deployment { name } } }';
type Connected = { id: string; name: string; lastUsedAt: string | null }[];
const connectedOf = async () => (await rig.owner.browser.ask(CLIENTS)).data?.['connectedClients'] as Connected; // the query above
const connect = async (): Promise<Tokens> => {
  const { url, verifier } = client.begin(clientId, CALLBACK);
  const back = await redirectOf(decide(rig.owner.browser, url));
  const answer = await client.redeem(clientId, CALLBACK, back.searchParams.get('code') ?? '', verifier);
  return (await answer.json()) as Tokens;
};
const disconnect = (id: string) =>
  rig.owner.browser.ask('mutation ($id: ID!) { disconnectClient(id: $id) { __typename } }', { id });

test('a disconnected client is refused at once, its open stream ends, and a code it still holds is void', async () => {
  const tokens = await connect();
  const opened = await client.call(tokens.access_token);
  await opened.text();
  const stream = await fetch(client.resource, {
    headers: {
      authorization: `Bearer ${tokens.access_token}`,
      accept: 'text/event-stream',
      'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
    },
  });
  expect(stream.status).toBe(200);
  const { url, verifier } = client.begin(clientId, CALLBACK);
  const held = (await redirectOf(decide(rig.owner.browser, url))).searchParams.get('code') ?? '';

  const [connected] = await connectedOf();
  expect(connected).toMatchObject({ name: 'AB <b>', vouchedFor: false, deployment: { name: 'Weather' } });
  expect((await disconnect(connected?.id ?? '')).data).toEqual({ disconnectClient: { __typename: 'ConnectedClient' } });
  await stream.text().catch(() => 'broken off'); // resolves only because the stream ended
  expect((await client.call(tokens.access_token)).status).toBe(401);
  expect((await client.refresh(clientId, tokens.refresh_token)).status).toBe(400);
  expect((await client.redeem(clientId, CALLBACK, held, verifier)).status).toBe(400);
  expect(await connectedOf()).toEqual([]);

  await connect();
  const [again] = await connectedOf();
  expect(again?.id).not.toBe(connected?.id);
});

test('a user sees and disconnects no client of another user', async () => {
  await connect();
  const [connected] = await connectedOf();
  const other = await rig.signUp('eve');
  expect((await other.browser.ask(CLIENTS)).data).toEqual({ connectedClients: [] });
  const answer = await other.browser.ask('mutation ($id: ID!) { it: disconnectClient(id: $id) { __typename } }', {
    id: connected?.id,
  });
  expect(answer.data).toEqual({ it: { __typename: 'NotFoundError' } });
  expect(await connectedOf()).toHaveLength(1);
});
