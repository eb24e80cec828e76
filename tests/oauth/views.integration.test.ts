import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/host/test-rig.ts';
import { createMemoryProvider } from './memory-provider.ts';
import { createRawClient, jsonOf, type Tokens } from './raw-client.ts';
import { decide, type OAuthRig, openConsent, openOAuthRig, redirectOf } from './rig.ts';

const CALLBACK = 'http://127.0.0.1:5000/callback';
const SAVE = `mutation ($input: SaveViewInput!) { it: saveView(input: $input) { ... on View { id url } } }`;
const RENAME = `mutation ($input: RenameViewInput!) { it: renameView(input: $input) { ... on View { name } } }`;
const DELETE = `mutation ($id: ID!) { it: deleteView(id: $id) { __typename } }`;
const CREATE = `mutation ($input: CreateMachineClientInput!) { it: createMachineClient(input: $input) {
  ... on MachineClientPayload { secret machineClient { clientId view { name } } } ... on UserError { code } } }`;

let rig: OAuthRig;
beforeAll(async () => {
  rig = await openOAuthRig();
});
afterAll(() => rig?.close());

const ask = async (query: string, variables: object) =>
  (await rig.owner.browser.ask(query, { ...variables })).data?.['it'] as Record<string, string>; // the queries above
const save = (name: string, allow: string[]) =>
  ask(SAVE, { input: { deploymentId: rig.deploymentId, name, rules: { tools: { allow } } } });
const rawFor = (view?: string) => createRawClient(rig, rig.deploymentId, view);

/** Connects a client close to the wire to a view, by consent. */
async function connect(view: string) {
  const raw = rawFor(view);
  const metadata = { client_name: view, redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' };
  const clientId = (await jsonOf(raw.register(metadata)))['client_id'] ?? '';
  const { verifier, url } = raw.begin(clientId, CALLBACK);
  const code = (await redirectOf(decide(rig.owner.browser, url))).searchParams.get('code') ?? '';
  const redeem = (at = raw) => at.redeem(clientId, CALLBACK, code, verifier);
  return { raw, clientId, redeem };
}
const tokensOf = async (answer: Promise<Response>) => (await (await answer).json()) as Tokens;

test('the official client is let into a view, and sees nothing else of the server', async () => {
  const { url = '' } = await save('echoing', ['echo']);
  const provider = createMemoryProvider({});
  const open = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  const first = open();
  await expect(new Client({ name: 'v2', version: '1' }).connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  const { pathname, searchParams } = provider.sentTo();
  expect(pathname).toBe(`/oauth/${rig.deploymentId}/v/echoing/authorize`);
  expect(searchParams.get('resource')).toBe(url);
  const { location } = await openConsent(rig.owner.browser, provider.sentTo());
  const consent = `query ($input: ConsentInput!) { it: consentRequest(input: $input) { deploymentName viewName } }`;
  const input = { deploymentId: rig.deploymentId, view: 'echoing', query: location.split('?')[1] };
  expect(await ask(consent, { input })).toEqual({ deploymentName: 'Weather', viewName: 'echoing' });
  const back = await redirectOf(decide(rig.owner.browser, provider.sentTo()));
  expect(back.searchParams.get('iss')).toBe(`${rig.issuer}/v/echoing`);
  await first.finishAuth(back.searchParams);
  // A spoiled token makes the client refresh: the next one is for the view as well.
  for (const isSpoiled of [false, true]) {
    if (isSpoiled) provider.forgeAccessToken();
    const client = new Client({ name: 'v2', version: '1' });
    await client.connect(open());
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo']);
    await client.close();
  }
});

test('the documents of a view name its own address and issuer, and exist for views alone', async () => {
  const { url = '' } = await save('described', ['echo']);
  const challenge = (await rawFor('described').call(null)).headers.get('www-authenticate') ?? '';
  const metadataAt = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
  const issuer = `${rig.issuer}/v/described`;
  expect(await (await fetch(metadataAt)).json()).toMatchObject({
    resource: url,
    authorization_servers: [issuer],
    resource_name: 'Weather (described)',
  });
  expect((await fetch(`${metadataAt}/sse`)).status).toBe(200);
  for (const path of [
    `/.well-known/oauth-authorization-server/oauth/${rig.deploymentId}/v/described`,
    `/oauth/${rig.deploymentId}/v/described/.well-known/openid-configuration`,
  ]) {
    const document = await jsonOf(fetch(rig.app.url + path));
    expect(document).toMatchObject({ issuer, token_endpoint: `${issuer}/token` });
  }
  for (const path of [
    `/.well-known/oauth-protected-resource/api/mcp/${rig.deploymentId}/v/missing`,
    `/.well-known/oauth-authorization-server/oauth/${rig.deploymentId}/v/missing`,
  ])
    expect((await fetch(rig.app.url + path)).status).toBe(404);
});

test('a code, a refresh token and an access token of a view work at its own address alone', async () => {
  await save('three', ['echo']);
  await save('four', ['echo']);
  const others = [rawFor(), rawFor('four')];
  const { raw, clientId, redeem } = await connect('three');
  for (const other of others) expect(await jsonOf(redeem(other))).toMatchObject({ error: 'invalid_grant' });
  const tokens = await tokensOf(redeem());
  expect((await raw.call(tokens.access_token)).status).toBe(200);
  for (const other of others) {
    const refused = await raw.call(tokens.access_token, other.resource);
    expect(refused.status).toBe(401);
    const { resource } = other;
    expect(refused.headers.get('www-authenticate')).toContain(`oauth-protected-resource${new URL(resource).pathname}"`);
    expect(await jsonOf(other.refresh(clientId, tokens.refresh_token))).toMatchObject({ error: 'invalid_grant' });
    // a resource of another address is refused, at either issuer
    expect(await jsonOf(raw.refresh(clientId, tokens.refresh_token, { resource }))).toMatchObject({
      error: 'invalid_target',
    });
  }
  const refreshed = await tokensOf(raw.refresh(clientId, tokens.refresh_token));
  expect((await raw.call(refreshed.access_token)).status).toBe(200);
  expect((await raw.call(refreshed.access_token, others[0]?.resource)).status).toBe(401);
});

test('a name that another view has now opens nothing, and a deleted view takes its grants along', async () => {
  const first = await save('swapped', ['echo']);
  const { raw, clientId, redeem } = await connect('swapped');
  const tokens = await tokensOf(redeem());
  await ask(RENAME, { input: { id: first['id'], name: 'elsewhere' } });
  const second = await save('swapped', ['add']);
  await eventually('the end of the right', async () => (await raw.call(tokens.access_token)).status === 401);
  expect((await raw.call(tokens.access_token, rawFor('elsewhere').resource)).status).toBe(401);
  expect(await jsonOf(raw.refresh(clientId, tokens.refresh_token))).toMatchObject({ error: 'invalid_grant' });
  expect(await rig.prisma.oAuthGrant.count({ where: { viewId: { not: null }, view: { name: 'elsewhere' } } })).toBe(1);
  await ask(DELETE, { id: first['id'] });
  await ask(DELETE, { id: second['id'] });
  expect(await rig.prisma.oAuthRefreshToken.count({ where: { grant: { connection: { clientId } } } })).toBe(0);
  expect((await raw.refresh(clientId, tokens.refresh_token)).status).toBe(404);
});

test('a machine client that is bound to a view obtains tokens for this view alone', async () => {
  await save('jobs', ['echo']);
  await save('more', ['echo']);
  const input = { deploymentId: rig.deploymentId, name: 'Job', view: 'jobs' };
  const made = (await ask(CREATE, { input })) as unknown as {
    secret: string;
    machineClient: { clientId: string; view: { name: string } };
  };
  expect(made.machineClient.view).toEqual({ name: 'jobs' });
  const tokenAt = (raw: ReturnType<typeof rawFor>) =>
    raw.form('token', {
      grant_type: 'client_credentials',
      client_id: made.machineClient.clientId,
      client_secret: made.secret,
    });
  for (const other of [rawFor(), rawFor('more')])
    expect(await jsonOf(tokenAt(other))).toMatchObject({ error: 'unauthorized_client' });
  const { access_token: token } = await tokensOf(tokenAt(rawFor('jobs')));
  expect((await rawFor('jobs').call(token)).status).toBe(200);
  expect((await rawFor().call(token)).status).toBe(401);
  expect(await ask(CREATE, { input: { ...input, view: 'missing' } })).toMatchObject({ code: 'INVALID_INPUT' });
});

test('a machine client that is bound to none obtains tokens for the server and for each view, apart', async () => {
  await save('apart', ['echo']);
  const input = { deploymentId: rig.deploymentId, name: 'Whole job' };
  const made = (await ask(CREATE, { input })) as unknown as { secret: string; machineClient: { clientId: string } };
  const tokenAt = async (raw: ReturnType<typeof rawFor>) => {
    const form = {
      grant_type: 'client_credentials',
      client_id: made.machineClient.clientId,
      client_secret: made.secret,
    };
    return (await tokensOf(raw.form('token', form))).access_token;
  };
  const [ofServer, ofView] = [await tokenAt(rawFor()), await tokenAt(rawFor('apart'))];
  expect((await rawFor('apart').call(ofServer)).status).toBe(200);
  expect((await rawFor('apart').call(ofView)).status).toBe(200);
  expect((await rawFor().call(ofView)).status).toBe(401);
});
