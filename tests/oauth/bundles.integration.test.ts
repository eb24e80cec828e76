import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/host/test-rig.ts';
import { createMemoryProvider } from './memory-provider.ts';
import { createRawClient } from './raw-client.ts';
import { decide, endpointOf, type OAuthRig, openConsent, openOAuthRig, redirectOf } from './rig.ts';

const CREATE = `mutation ($input: CreateBundleInput!) { it: createBundle(input: $input) {
  __typename ... on DeployPayload { deployment { databaseId } } ... on UserError { code message } } }`;
const UPDATE = `mutation ($input: UpdateBundleInput!) { it: updateBundle(input: $input) { __typename } }`;
const CONSENT = `query ($input: ConsentInput!) { it: consentRequest(input: $input) { deploymentName viewName clientName } }`;

type Connected = { id: string; deployment: { name: string } };

let rig: OAuthRig;
let bundleId: string;
beforeAll(async () => {
  rig = await openOAuthRig();
  const members = [{ deploymentId: rig.deploymentId, prefix: 'weather' }];
  const made = await ask(CREATE, { input: { name: 'Together', access: 'OAUTH', slug: 'together', members } });
  bundleId = (made['deployment'] as { databaseId: string } | undefined)?.databaseId ?? JSON.stringify(made);
  await eventually('the bundle runs', async () => {
    return (await rig.prisma.deployment.findUniqueOrThrow({ where: { id: bundleId } })).status === 'RUNNING';
  });
});
afterAll(() => rig?.close());

const ask = async (query: string, variables: object) =>
  (await rig.owner.browser.ask(query, { ...variables })).data?.['it'] as Record<string, unknown>; // the queries above

test('the official client signs in at a bundle, sees the consent page of the bundle, and calls a server of it', async () => {
  const url = endpointOf(rig, bundleId);
  const provider = createMemoryProvider({});
  const open = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  const first = open();
  await expect(new Client({ name: 'v2', version: '1' }).connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  expect(provider.sentTo().pathname).toBe(`/oauth/${bundleId}/authorize`);
  const { location } = await openConsent(rig.owner.browser, provider.sentTo());
  const input = { deploymentId: bundleId, view: null, query: location.split('?')[1] };
  expect(await ask(CONSENT, { input })).toMatchObject({ deploymentName: 'Together', viewName: null });
  const back = await redirectOf(decide(rig.owner.browser, provider.sentTo()));
  expect(back.searchParams.get('iss')).toBe(`${rig.app.url}/oauth/${bundleId}`);
  await first.finishAuth(back.searchParams);

  const client = new Client({ name: 'v2', version: '1' });
  await client.connect(open());
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('weather_echo');
  const { content } = await client.callTool({ name: 'weather_echo', arguments: { text: 'hello' } });
  expect(JSON.stringify(content)).toContain('hello');

  // The token of the bundle opens none of its servers at their own addresses, and none of theirs opens the bundle.
  const bearer = (await provider.tokens())?.access_token ?? '';
  const raw = createRawClient(rig, bundleId);
  expect((await raw.call(bearer)).status).toBe(200);
  expect((await raw.call(bearer, endpointOf(rig, rig.deploymentId))).status).toBe(401);

  // A server that leaves the bundle is out of reach of the client at once.
  const other = await rig.deploy('TOKEN', 'Other');
  expect(await ask(UPDATE, { input: { id: bundleId, members: [{ deploymentId: other, prefix: 'other' }] } })).toEqual({
    __typename: 'Deployment',
  });
  await eventually('the server is gone', async () =>
    (await client.listTools()).tools.every(({ name }) => name.startsWith('other_')),
  );
  await expect(client.callTool({ name: 'weather_echo', arguments: {} })).rejects.toThrow('Unknown tool');

  // The end of the connection is the end of the session.
  const connected = (await ask('{ it: connectedClients { id deployment { name } } }', {})) as unknown as Connected[];
  const id = connected.find(({ deployment }) => deployment.name === 'Together')?.id;
  await ask('mutation ($id: ID!) { it: disconnectClient(id: $id) { __typename } }', { id });
  await eventually('the end of the right', async () => (await raw.call(bearer)).status === 401);
  await client.close();
});
