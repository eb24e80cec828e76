import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { writeGreeter } from '../cli/greeter.ts';
import { analyze, type Deployed, deploy, statusOf, untilRunning } from '../instances/deploy.ts';
import { untilAnswer } from '../until-answer.ts';

type Row = {
  id: string;
  method: string;
  name: string;
  outcome: string;
  errorCode: string | null;
  status: number | null;
  clientName: string | null;
  callerKind: string | null;
  callerName: string | null;
  releaseNumber: number | null;
  era: string;
  sessionId: string | null;
};
type Page = { edges: { cursor: string; node: Row }[]; pageInfo: { hasNextPage: boolean } };

const FIELDS = 'id method name outcome errorCode status clientName callerKind callerName releaseNumber era sessionId';
const CALLS = `query Calls($id: ID!, $first: Int, $after: String, $filter: CallFilter) {
  deployment(id: $id) { calls(first: $first, after: $after, filter: $filter) {
    edges { cursor node { ${FIELDS} } } pageInfo { hasNextPage }
  } }
}`;
const LIVE = `subscription Live($id: ID!, $filter: CallFilter) { deploymentCalls(id: $id, filter: $filter) { ${FIELDS} } }`;

let rig: TestApp;
let folder: string;
let token: string;
let deployed: Deployed;

const world = {
  ask: async <T>(query: string, variables: object = {}): Promise<T> => {
    const { data, errors } = await rig.ask(token, query, variables);
    if (!data) throw new Error(JSON.stringify(errors));
    return data as T; // what the query selects
  },
};

const page = async (given: object = {}): Promise<Page> => {
  const { deployment } = await world.ask<{ deployment: { calls: Page } }>(CALLS, {
    id: deployed.id,
    first: 50,
    ...given,
  });
  return deployment.calls;
};
/** The calls once `count` of them are in the log, the oldest first. */
const calls = async (count: number, given: object = {}): Promise<Row[]> => {
  const found = await untilAnswer(
    () => page(given),
    ({ edges }) => edges.length >= count,
  );
  return found.edges.map(({ node }) => node).reverse();
};

const connect = async (mode: 'auto' | 'legacy', bearer = deployed.accessToken) => {
  const client = new Client({ name: `reader-${mode}`, version: '1' }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${bearer}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(deployed.endpointUrl), { requestInit }));
  return client;
};

beforeAll(async () => {
  rig = await openTestApp();
  folder = await mkdtemp(path.join(tmpdir(), 'catwalk-calls-'));
  token = (await rig.tokenFor(rig.owner.id)).token;
  await writeGreeter(folder);
  deployed = await deploy(world, await analyze(world, folder));
  await untilRunning(world, deployed);
}, 120_000);
afterAll(async () => {
  await rig?.close();
  await rm(folder, { recursive: true, force: true });
});

test('calls of clients of both eras appear live and in pages, with who called and how it ended', async () => {
  const stream = rig.follow(token, LIVE, { id: deployed.id, filter: { outcomes: ['PROTOCOL_ERROR'] } });
  const first = stream.next();
  for (const mode of ['legacy', 'auto'] as const) {
    const client = await connect(mode);
    await client.listTools();
    await client.callTool({ name: 'greet' });
    await expect(client.getPrompt({ name: 'none' })).rejects.toThrow();
    await client.close();
  }
  const rows = await calls(4);
  expect(rows.map(({ method, name, outcome, errorCode, era }) => [method, name, outcome, errorCode, era])).toEqual([
    ['tools/call', 'greet', 'OK', null, 'legacy'],
    ['prompts/get', 'none', 'PROTOCOL_ERROR', '-32601', 'legacy'],
    ['tools/call', 'greet', 'OK', null, 'modern'],
    ['prompts/get', 'none', 'PROTOCOL_ERROR', '-32601', 'modern'],
  ]);
  for (const row of rows)
    expect(row).toMatchObject({ callerKind: 'token', callerName: expect.any(String), releaseNumber: 1 });
  expect(rows.map(({ clientName }) => clientName)).toEqual([
    'reader-legacy',
    'reader-legacy',
    'reader-auto',
    'reader-auto',
  ]);
  expect((await first).value?.data?.['deploymentCalls']).toEqual(rows[1]);
  await stream.return?.(undefined);

  const newest = await page({ first: 3 });
  expect([newest.edges.length, newest.pageInfo.hasNextPage]).toEqual([3, true]);
  const rest = await page({ first: 3, after: newest.edges.at(-1)?.cursor });
  expect([...newest.edges, ...rest.edges].map(({ node }) => node.id)).toEqual(rows.map(({ id }) => id).reverse());
  const only = async (filter: object) => (await page({ filter })).edges.length;
  expect(await only({ name: 'greet' })).toBe(2);
  expect(await only({ client: 'reader-auto', outcomes: ['OK'] })).toBe(1);
  expect(await only({ methods: ['prompts/get'] })).toBe(2);
  expect(await only({ slowerThanMs: 60_000 })).toBe(0);
});

test('the endpoint records what it refuses, before any host has it', async () => {
  const filter = { outcomes: ['REFUSED'] };
  const post = (headers: Record<string, string>) =>
    fetch(deployed.endpointUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'greet' } }),
    });
  await (await post({ 'mcp-method': 'tools/call', 'mcp-name': 'greet' })).text();
  await (await post({ authorization: `Bearer ${deployed.accessToken}`, origin: 'https://evil.example' })).text();
  await (await post({ authorization: `Bearer ${deployed.accessToken}`, 'mcp-session-id': 'gone.1' })).text();
  const rows = await calls(3, { filter });
  expect(rows.map(({ status, errorCode, method, name }) => [status, errorCode, method, name])).toEqual([
    [401, 'UNAUTHENTICATED', 'tools/call', 'greet'],
    [403, 'FORBIDDEN', '', ''],
    [404, 'NOT_FOUND', '', ''],
  ]);
});

test('the owner alone sees arguments and results, of calls that were made while they are recorded', async () => {
  const read = `query Bodies($id: ID!, $filter: CallFilter) { deployment(id: $id) { recordsBodies calls(first: 1, filter: $filter) {
    edges { node { id hasBodies bodies { arguments result } } } } } }`;
  type Read = {
    deployment: {
      recordsBodies: boolean;
      calls: { edges: { node: { id: string; hasBodies: boolean; bodies: Record<string, string> | null } }[] };
    };
  };
  const change = `mutation Record($input: UpdateDeploymentInput!) { updateDeployment(input: $input) { __typename } }`;
  const client = await connect('legacy');
  const called = async (recordsBodies: boolean) => {
    await world.ask(change, { input: { id: deployed.id, recordsBodies } });
    const before = (await page({ first: 1 })).edges[0]?.node.id;
    await client.callTool({ name: 'greet', arguments: { who: 'Zoë' } });
    const { deployment } = await untilAnswer(
      () => world.ask<Read>(read, { id: deployed.id }),
      ({ deployment: { calls } }) => calls.edges[0]?.node.id !== before,
    );
    expect(deployment.recordsBodies).toBe(recordsBodies);
    return deployment.calls.edges[0]?.node;
  };
  const on = await called(true);
  expect(on).toMatchObject({ hasBodies: true, bodies: { arguments: '{"who":"Zoë"}' } });
  expect(on?.bodies?.['result']).toContain('Hello');
  expect(await called(false)).toMatchObject({ hasBodies: false, bodies: null });
  const { deployment } = await world.ask<Read>(read, { id: deployed.id, filter: { id: on?.id } });
  expect(deployment.calls.edges.map(({ node }) => node)).toEqual([on]);
  const other = await rig.addUser('eve');
  expect((await rig.ask(other.token, read, { id: deployed.id })).data).toEqual({ deployment: null });
  await client.close();
});

test('no one but the owner sees the calls', async () => {
  const other = await rig.addUser('mallory');
  const { data } = await rig.ask(other.token, CALLS, { id: deployed.id, first: 5 });
  expect(data).toEqual({ deployment: null });
  const followed = rig.follow(other.token, LIVE, { id: deployed.id }).next();
  expect(await followed.then(String, (error: unknown) => JSON.stringify(error))).toContain('NOT_FOUND');
});

test('a restart of the host loses no call and doubles none', async () => {
  const client = await connect('legacy');
  await client.callTool({ name: 'greet' });
  await client.close();
  const before = (await calls(1, { filter: { methods: ['tools/call'], outcomes: ['OK'] } })).length;
  const newestEvent = async () => {
    type Events = { deployment: { events: { edges: { node: { at: string } }[] } } };
    const query = 'query E($id: ID!) { deployment(id: $id) { events(first: 1) { edges { node { at } } } } }';
    return (await world.ask<Events>(query, { id: deployed.id })).deployment.events.edges[0]?.node.at;
  };
  const earlier = await newestEvent();
  await world.ask('mutation R($id: ID!) { restartDeployment(id: $id) { __typename } }', { id: deployed.id });
  await untilAnswer(
    async () => ({ at: await newestEvent(), status: await statusOf(world, deployed.id) }),
    ({ at, status }) => at !== earlier && status?.status === 'RUNNING' && status.phase === null,
  );
  const again = await untilAnswer(
    () => connect('legacy').catch(() => null), // its machine may still be on its way
    (client) => client !== null,
  );
  await again?.callTool({ name: 'greet' });
  await again?.close();
  const rows = await calls(before + 1, { filter: { methods: ['tools/call'], outcomes: ['OK'] } });
  expect(rows.length).toBe(new Set(rows.map(({ id }) => id)).size);
  expect(rows.at(-1)?.sessionId).not.toBe(rows.at(-2)?.sessionId);
});
