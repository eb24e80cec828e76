import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { REUSE_GRACE_MS } from '#server/domain/oauth/tokens.ts';
import { createRawClient, jsonOf, type RawClient, type Tokens } from './raw-client.ts';
import { decide, type OAuthRig, openOAuthRig, redirectOf } from './rig.ts';

const CALLBACK = 'https://client.example/cb';
const HOUR_MS = 60 * 60_000;

let rig: OAuthRig;
let client: RawClient;
let clientId: string;
let passedMs = 0;
beforeAll(async () => {
  rig = await openOAuthRig({ clock: () => new Date(Date.now() + passedMs) });
  client = createRawClient(rig, rig.deploymentId);
  clientId = await registerAt(CALLBACK);
});
afterAll(() => rig?.close());
beforeEach(() => {
  passedMs += 24 * HOUR_MS; // what an earlier test did lies far back
});

const registerAt = async (redirectUri: string) => {
  const metadata = { client_name: redirectUri, redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' };
  return (await jsonOf(client.register(metadata)))['client_id'] ?? '';
};
const authorize = async () => {
  const { url, verifier } = client.begin(clientId, CALLBACK);
  const back = await redirectOf(decide(rig.owner.browser, url));
  return { code: back.searchParams.get('code') ?? '', verifier };
};
const connect = async (): Promise<Tokens> => {
  const { code, verifier } = await authorize();
  return (await (await client.redeem(clientId, CALLBACK, code, verifier)).json()) as Tokens;
};
const errorOf = async (answer: Response | Promise<Response>) => (await jsonOf(answer))['error'];
const callStatus = async ({ access_token: token }: Tokens) => (await client.call(token)).status;
const refreshed = async ({ refresh_token: token }: Tokens) =>
  (await (await client.refresh(clientId, token)).json()) as Tokens;

test('a code is for its client, its redirect address, its verifier and its deployment alone', async () => {
  const { code, verifier } = await authorize();
  const other = await registerAt('https://other.example/cb');
  const elsewhere = createRawClient(rig, await rig.deploy('OAUTH', 'Another'));
  expect(await errorOf(client.redeem(other, CALLBACK, code, verifier))).toBe('invalid_grant');
  expect(await errorOf(client.redeem(clientId, 'https://client.example/other', code, verifier))).toBe('invalid_grant');
  expect(await errorOf(client.redeem(clientId, CALLBACK, code, 'x'.repeat(43)))).toBe('invalid_grant');
  expect(await errorOf(client.redeem(clientId, CALLBACK, code, ''))).toBe('invalid_request');
  expect(await errorOf(elsewhere.redeem(clientId, CALLBACK, code, verifier))).toBe('invalid_grant');
  const wrongTarget = client.redeem(clientId, CALLBACK, code, verifier, { resource: elsewhere.resource });
  expect(await errorOf(wrongTarget)).toBe('invalid_target');
  // none of it used the code up: a stranger cannot spoil it
  const answer = await client.redeem(clientId, CALLBACK, code, verifier);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('a code works once; sent again much later it is taken for stolen, and what it gave is ended', async () => {
  const { code, verifier } = await authorize();
  const tokens = (await (await client.redeem(clientId, CALLBACK, code, verifier)).json()) as Tokens;
  const again = () => client.redeem(clientId, CALLBACK, code, verifier);
  expect(await errorOf(again())).toBe('invalid_grant');
  expect(await callStatus(tokens)).toBe(200);
  passedMs += REUSE_GRACE_MS + 1_000;
  expect(await errorOf(client.redeem(clientId, CALLBACK, code, 'x'.repeat(43)))).toBe('invalid_grant');
  expect(await callStatus(tokens)).toBe(200); // who does not know the verifier ends nothing
  expect(await errorOf(again())).toBe('invalid_grant');
  expect(await callStatus(tokens)).toBe(401);
  expect(await errorOf(client.refresh(clientId, tokens.refresh_token))).toBe('invalid_grant');
});

test('a code that was not redeemed expires', async () => {
  const { code, verifier } = await authorize();
  passedMs += 3 * 60_000;
  expect(await errorOf(client.redeem(clientId, CALLBACK, code, verifier))).toBe('invalid_grant');
});

test('an access token works for an hour, for its deployment and at the endpoint alone', async () => {
  const tokens = await connect();
  const elsewhere = createRawClient(rig, await rig.deploy('OAUTH', 'Another'));
  expect(await callStatus(tokens)).toBe(200);
  expect((await client.call(tokens.access_token, elsewhere.resource)).status).toBe(401);
  expect((await client.call(tokens.refresh_token)).status).toBe(401);
  expect((await rig.ask(tokens.access_token, '{ viewer { id } }')).data?.['viewer'] ?? null).toBeNull();
  passedMs += HOUR_MS + 1_000;
  expect(await callStatus(tokens)).toBe(401);
  expect(await callStatus(await refreshed(tokens))).toBe(200);
});

test('a forged or changed access token is refused', async () => {
  const tokens = await connect();
  const [head = '', body = '', signature = ''] = tokens.access_token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const forged of [
    `${head}.${encode({ ...claims, exp: 9_999_999_999 })}.${signature}`,
    `${encode({ alg: 'none', typ: 'at+jwt' })}.${body}.`,
    `${head}.${body}.${'A'.repeat(signature.length)}`,
    'x'.repeat(8_000),
  ]) {
    expect((await client.call(forged)).status).toBe(401);
  }
  expect(await callStatus(tokens)).toBe(200);
});

test('a refresh whose answer was lost can be repeated, and two at once get the same successor', async () => {
  const first = await connect();
  const [one, two] = await Promise.all([refreshed(first), refreshed(first)]);
  passedMs += REUSE_GRACE_MS - 60_000;
  const three = await refreshed(first);
  expect(new Set([first, one, two, three].map((tokens) => tokens.refresh_token)).size).toBe(2);
  passedMs += REUSE_GRACE_MS;
  expect(await callStatus(await refreshed(three))).toBe(200);
});

test('a thief who refreshes within the grace is noticed as soon as both have gone on', async () => {
  const first = await connect();
  const [thief, own] = await Promise.all([refreshed(first), refreshed(first)]);
  passedMs += HOUR_MS;
  const next = await refreshed(own);
  expect(await callStatus(next)).toBe(200);
  passedMs += HOUR_MS;
  expect(await errorOf(client.refresh(clientId, thief.refresh_token))).toBe('invalid_grant');
  expect(await callStatus(next)).toBe(401);
  expect(await errorOf(client.refresh(clientId, next.refresh_token))).toBe('invalid_grant');
});

test('a refresh token that comes again after the grace ends its whole family', async () => {
  const first = await connect();
  const second = await refreshed(first);
  passedMs += REUSE_GRACE_MS + 1_000;
  expect(await errorOf(client.refresh(clientId, first.refresh_token))).toBe('invalid_grant');
  expect(await errorOf(client.refresh(clientId, second.refresh_token))).toBe('invalid_grant');
  expect(await callStatus(second)).toBe(401);
  const audited = await rig.prisma.auditEvent.findFirst({ where: { type: 'client.revoked' }, orderBy: { id: 'desc' } });
  expect(audited).toMatchObject({ actor: 'system', data: { reason: 'reused refresh token' } });
});

test('a refresh token is for its client and its deployment alone, and ends when it was not used for long', async () => {
  const tokens = await connect();
  const other = await registerAt('https://other.example/cb');
  const elsewhere = createRawClient(rig, await rig.deploy('OAUTH', 'Another'));
  expect(await errorOf(client.refresh(other, tokens.refresh_token))).toBe('invalid_grant');
  expect(await errorOf(elsewhere.refresh(clientId, tokens.refresh_token))).toBe('invalid_grant');
  passedMs += 80 * 24 * HOUR_MS;
  const second = await refreshed(tokens);
  expect(await callStatus(second)).toBe(200);
  passedMs += 91 * 24 * HOUR_MS;
  expect(await errorOf(client.refresh(clientId, second.refresh_token))).toBe('invalid_grant');
});

test.each(['access_token', 'refresh_token'] as const)(
  'a client gives its %s back, and all of it ends',
  async (which) => {
    const [tokens, kept] = [await connect(), await connect()];
    const other = await registerAt('https://other.example/cb');
    const revoke = (by: string) => client.form('revoke', { token: tokens[which], client_id: by });
    expect((await revoke(other)).status).toBe(200); // RFC 7009: no error, and nothing happens
    expect(await callStatus(tokens)).toBe(200);
    expect((await revoke(clientId)).status).toBe(200);
    expect((await revoke(clientId)).status).toBe(200);
    expect(await callStatus(tokens)).toBe(401);
    expect(await errorOf(client.refresh(clientId, tokens.refresh_token))).toBe('invalid_grant');
    expect(await callStatus(kept)).toBe(200); // another consent of the same client is another family
  },
);

test('grants no access with any value of the database', async () => {
  const { code, verifier } = await authorize();
  const tokens = (await (await client.redeem(clientId, CALLBACK, code, verifier)).json()) as Tokens;
  const rows = JSON.stringify([
    await rig.prisma.oAuthCode.findMany(),
    await rig.prisma.oAuthRefreshToken.findMany(),
    await rig.prisma.oAuthGrant.findMany(),
    await rig.prisma.auditEvent.findMany({ select: { data: true } }),
  ]);
  for (const secret of [code, verifier, tokens.access_token, tokens.refresh_token]) expect(rows).not.toContain(secret);
});

test('while the deployment takes tokens alone, OAuth tokens open nothing', async () => {
  const tokens = await connect();
  const setAccess = (access: string) =>
    rig.owner.browser.ask(
      `mutation ($id: ID!) { updateDeployment(input: { id: $id, access: ${access} }) { __typename } }`,
      { id: rig.deploymentId },
    );
  await setAccess('TOKEN');
  expect(await callStatus(tokens)).toBe(401);
  expect((await client.refresh(clientId, tokens.refresh_token)).status).toBe(404);
  await setAccess('OAUTH');
  expect(await callStatus(tokens)).toBe(200);
});
