import { afterAll, beforeAll, expect, test } from 'vitest';
import { catwalk } from '../cli/run-catwalk.ts';
import { type AuthorizationServer, openAuthorizationServer } from '../fixtures/remote/authorization-server.ts';
import { openProtectedServer } from '../fixtures/remote/protected-server.ts';
import { openRemoteRig, type RemoteRig, signInAt, signInFully } from './remote-rig.ts';

type ProtectedServer = Awaited<ReturnType<typeof openProtectedServer>>;

let authorization: AuthorizationServer;
let byHand: AuthorizationServer;
let servers: ProtectedServer[];
let closed: ProtectedServer;
let hidden: ProtectedServer;
let rig: RemoteRig;

beforeAll(async () => {
  authorization = await openAuthorizationServer({ registers: true, scopes: ['read', 'admin'] });
  byHand = await openAuthorizationServer({ client: { id: 'catwalk-at-acme', secret: 'the-secret-of-the-client' } });
  servers = await Promise.all([
    openProtectedServer(authorization, { name: 'one', scope: 'read' }),
    openProtectedServer(authorization, { name: 'two', scope: 'read', adminScope: 'admin' }),
    openProtectedServer(authorization, { name: 'three' }),
  ]);
  closed = await openProtectedServer(byHand, { name: 'closed' });
  // An address that strangers may not make Catwalk visit.
  const away = await openProtectedServer(authorization, { name: 'away' });
  hidden = await openProtectedServer(authorization, {
    name: 'hidden',
    metadataUrl: `${away.origin}/.well-known/oauth-protected-resource/mcp`,
  });
  rig = await openRemoteRig([authorization, byHand, ...servers, closed, hidden].map(({ origin }) => origin));
});
afterAll(async () => {
  await rig?.close();
  for (const one of [authorization, byHand, ...(servers ?? []), closed, hidden]) one?.close();
});

test('three servers run after their owner signed in, and are called by the official client', async () => {
  for (const { url } of servers) {
    const { id, accessToken } = await rig.deploy(url);
    const { failure } = await rig.until(id, 'FAILED');
    expect(failure).toMatchObject({
      code: 'SIGN_IN_REQUIRED',
      message: `This server needs you to sign in at ${new URL(authorization.issuer).host}.`,
    });
    const back = await signInFully(rig, id);
    expect(back.headers.get('location')).toBe(`/deployments/${id}`);
    await rig.until(id, 'RUNNING');
    const client = await rig.openClient(id, accessToken);
    expect(await client.callTool({ name: 'greet' })).toMatchObject({ content: [{ type: 'text' }] });
    expect(await rig.connectionOf(id)).toMatchObject({ issuer: authorization.issuer, problem: null });
  }
  const [sent] = authorization.seen.authorizations;
  expect(Object.fromEntries(sent?.searchParams ?? [])).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    resource: servers[0]?.url,
    scope: 'read',
    redirect_uri: `${rig.app.url}/api/remote/callback`,
  });
});

test('a client that was registered by hand is asked for, and signs in with its secret', async () => {
  const { id } = await rig.deploy(closed.url);
  await rig.until(id, 'FAILED');
  const refused = await rig.connect(id);
  expect(refused).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT' });
  expect(refused.hint).toContain(`${rig.app.url}/api/remote/callback`);
  const client = { clientId: 'catwalk-at-acme', clientSecret: 'the-secret-of-the-client' };
  expect((await signInFully(rig, id, client)).status).toBe(303);
  await rig.until(id, 'RUNNING');

  const wrong = await signInFully(rig, id, { ...client, clientSecret: 'another' });
  expect(wrong.status).toBe(400);
  expect(await wrong.text()).toContain('refused the sign-in (invalid_client)');
});

test('a state works once, for the user who began, and only with an answer of the right issuer', async () => {
  const { id } = await rig.deploy(servers[0]?.url ?? '');
  const begin = async () => signInAt((await rig.connect(id))['authorizationUrl']);
  const answerOf = async (browser: RemoteRig['ownerBrowser'], path: string) => {
    const answer = await browser.send(path);
    return { status: answer.status, text: await answer.text() };
  };

  const path = await begin();
  const bob = await rig.addUser('bob');
  const theirs = await answerOf(await rig.signIn(bob.id), path);
  expect(theirs).toMatchObject({ status: 400, text: expect.stringContaining('Another user began this sign-in.') });
  const signedOut = await fetch(new URL(path, rig.origin), { redirect: 'manual' });
  expect(signedOut.headers.get('location')).toBe('/sign-in');
  const { token } = await rig.tokenFor(rig.owner.id);
  const byToken = await fetch(new URL(path, rig.origin), {
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(byToken.headers.get('location')).toBe('/sign-in');

  expect(await answerOf(rig.ownerBrowser, path)).toMatchObject({ status: 303 });
  const again = await answerOf(rig.ownerBrowser, path);
  expect(again).toMatchObject({ status: 400, text: expect.stringContaining('This sign-in is not under way') });
  const unknown = await answerOf(rig.ownerBrowser, '/api/remote/callback?code=c&state=made-up');
  expect(unknown).toMatchObject({ status: 400, text: expect.stringContaining('This sign-in is not under way') });

  const mixedUp = await begin();
  const other = mixedUp.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example');
  expect(await answerOf(rig.ownerBrowser, other)).toMatchObject({
    status: 400,
    text: expect.stringContaining('The answer to the sign-in did not come from'),
  });
  const withoutIssuer = (await begin()).replace(/&iss=[^&]*/, '');
  expect(await answerOf(rig.ownerBrowser, withoutIssuer)).toMatchObject({ status: 400 });

  authorization.knobs.denies = true;
  const denied = await answerOf(rig.ownerBrowser, await begin());
  authorization.knobs.denies = false;
  expect(denied).toMatchObject({ status: 400, text: expect.stringContaining('Access was denied at') });
});

test('metadata at an address that is not public is not visited', async () => {
  const { id } = await rig.deploy(hidden.url);
  const { failure } = await rig.until(id, 'FAILED');
  expect(failure?.code).toBe('MISSING_CREDENTIAL');
  expect(await rig.connect(id)).toMatchObject({
    code: 'SIGN_IN_FAILED',
    message: 'The description of the sign-in leads to an address that Catwalk does not visit.',
  });
});

test('a call that needs more permissions says so, and the next sign-in requests them', async () => {
  const { id, accessToken } = await rig.deploy(servers[1]?.url ?? '');
  await rig.until(id, 'FAILED');
  await signInFully(rig, id);
  await rig.until(id, 'RUNNING');
  const client = await rig.openClient(id, accessToken);
  await expect(client.callTool({ name: 'admin' })).rejects.toThrow('asks for more permissions for this call: admin.');
  expect(await rig.connectionOf(id)).toMatchObject({ scopes: ['read'], wantedScopes: ['read', 'admin'] });
  await signInFully(rig, id);
  expect(authorization.seen.authorizations.at(-1)?.searchParams.get('scope')).toBe('read admin');
  expect(await client.callTool({ name: 'admin' })).toMatchObject({ content: [{ text: 'Done.' }] });
  expect(await rig.connectionOf(id)).toMatchObject({ scopes: ['read', 'admin'], wantedScopes: [] });
});

test('the command line prints the address of a sign-in, and ends one', async () => {
  const { id } = await rig.deploy(servers[2]?.url ?? '');
  await rig.until(id, 'FAILED');
  const { token } = await rig.tokenFor(rig.owner.id);
  const env = { CATWALK_SERVER: rig.origin, CATWALK_TOKEN: token };
  expect((await catwalk(['connect', id], { env })).stdout).toContain(`Run catwalk authorize ${id} first`);
  const begun = await catwalk(['authorize', id, '--json'], { env });
  expect(begun).toMatchObject({ code: 0, stderr: '' });
  const { authorizationUrl } = JSON.parse(begun.stdout);
  expect((await rig.ownerBrowser.send(await signInAt(authorizationUrl))).status).toBe(303);
  await rig.until(id, 'RUNNING');
  expect(await catwalk(['authorize', id, '--end'], { env })).toMatchObject({ code: 0 });
  expect(await rig.connectionOf(id)).toBeNull();
});

test('tokens are revoked when the deployment is deleted', async () => {
  const { id } = await rig.deploy(servers[2]?.url ?? '');
  await rig.until(id, 'FAILED');
  await signInFully(rig, id);
  await rig.until(id, 'RUNNING');
  const { revocations } = authorization.seen;
  await rig.delete(id);
  await expect.poll(() => rig.prisma.deployment.count({ where: { id } }), { timeout: 20_000 }).toBe(0);
  expect(authorization.seen.revocations).toBe(revocations + 1);
});

test('tokens are kept sealed, and revoked when the owner disconnects', async () => {
  const { id, accessToken } = await rig.deploy(servers[2]?.url ?? '');
  await rig.until(id, 'FAILED');
  await signInFully(rig, id);
  await rig.until(id, 'RUNNING');
  const rows = await rig.prisma.$queryRaw<object[]>`
    SELECT to_jsonb(c)::text AS text FROM "RemoteConnection" c UNION ALL SELECT data::text FROM "AuditEvent"`;
  expect(JSON.stringify(rows)).toContain(authorization.issuer);
  expect(JSON.stringify(rows)).not.toMatch(/access-|refresh-/);

  const client = await rig.openClient(id, accessToken);
  const { revocations } = authorization.seen;
  expect(await rig.disconnect(id)).toMatchObject({ __typename: 'Deployment' });
  expect(authorization.seen.revocations).toBe(revocations + 1);
  expect(await rig.connectionOf(id)).toBeNull();
  await expect(client.callTool({ name: 'greet' })).rejects.toThrow('This server needs you to sign in at');
  expect(await rig.disconnect(id)).toMatchObject({ __typename: 'ConflictError' });
});
