import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallerValues, HeldRevision } from '../contract.ts';
import { createModernClient } from '../modern-client.testing.ts';
import { eventually, type Json, messagesOf, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost({ personal: true, isolation: 'SHARED', env: { REGION: 'eu' } });
  await eventually('the installation', () => host.status().phase === 'READY');
});
afterAll(() => host.close());

const valuesOf = (principal: string, key: string, over: Partial<CallerValues> = {}): CallerValues => ({
  principal,
  revision: `revision of ${key}`,
  at: 1,
  env: { API_KEY: key },
  secrets: [key],
  ...over,
});
const post = (path: string, body: unknown) => host.request(path, { method: 'POST', body: JSON.stringify(body) });
const give = async (values: CallerValues) => (await post('/values', values)).status;
const held = async () => (await (await host.request('/values')).json()) as HeldRevision[];

/** The host as the endpoint reaches it for one caller. */
const hostFor = (headers: Record<string, string>): TestHost => ({
  ...host,
  request: (path, init = {}) => host.request(path, { ...init, headers: { ...init.headers, ...headers } }),
});
const withRevision = (values: CallerValues) => hostFor({ 'catwalk-values': values.revision });
const PAGE = 'https://catwalk.test/keys/1';
const withoutValues = (names = 'API_KEY') =>
  hostFor({ 'catwalk-values': 'missing', 'catwalk-values-names': names, 'catwalk-values-page': PAGE });

const initialize = (capabilities: Json = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'c', version: '1' } },
  }),
});
const keyOf = async (client: TestClient) => (JSON.parse(await client.tool('env')) as Record<string, string>)['API_KEY'];

test('asks for the values of a caller before anything is begun, and serves with them afterwards', async () => {
  const ann = valuesOf('ann', 'key-of-ann-1');
  const first = await withRevision(ann).request('/mcp', {
    ...initialize(),
    headers: { ...initialize().headers, 'catwalk-principal': 'ann' },
  });
  expect([first.status, first.headers.get('catwalk-values-wanted')]).toEqual([428, '1']);
  expect(host.status().children).toEqual([]);

  expect(await give(ann)).toBe(200);
  const client = await TestClient.open(withRevision(ann), { principal: 'ann' });
  const env = JSON.parse(await client.tool('env')) as Record<string, string>;
  expect([env['API_KEY'], env['REGION']]).toEqual(['key-of-ann-1', 'eu']);
});

test('never shares a child between callers, or with the platform, although the isolation is SHARED', async () => {
  const [bob, eve] = [valuesOf('bob', 'key-of-bob-1'), valuesOf('eve', 'key-of-eve-1')];
  for (const values of [bob, eve, valuesOf('catwalk', 'key-of-owner')]) expect(await give(values)).toBe(200);
  const clients = {
    platform: await TestClient.open(host, { principal: 'catwalk' }),
    bob: await TestClient.open(withRevision(bob), { principal: 'bob' }),
    eve: await TestClient.open(withRevision(eve), { principal: 'eve' }),
  };
  expect(await keyOf(clients.bob)).toBe('key-of-bob-1');
  expect(await keyOf(clients.eve)).toBe('key-of-eve-1');
  expect(await keyOf(clients.platform)).toBe('key-of-owner');
  const modern = createModernClient(withRevision(bob), { principal: 'bob' });
  expect(JSON.stringify(await modern.call('env'))).toContain('key-of-bob-1');
  expect(await (await host.request('/offer')).json()).toEqual({ varies: true, answers: null });
});

test('gives no caller the session of another one', async () => {
  const [kim, lea] = [valuesOf('kim', 'key-of-kim-1'), valuesOf('lea', 'key-of-lea-1')];
  for (const values of [kim, lea]) await give(values);
  const { session } = await TestClient.open(withRevision(kim), { principal: 'kim' });
  const stolen = await withRevision(lea).request('/mcp', {
    ...initialize(),
    headers: { ...initialize().headers, 'catwalk-principal': 'lea', 'mcp-session-id': session },
  });
  expect(stolen.status).toBe(404);
});

test('changed values end the children that had the earlier ones, and older values never come back', async () => {
  const before = valuesOf('mia', 'key-of-mia-1', { at: 1 });
  const after = valuesOf('mia', 'key-of-mia-2', { at: 2 });
  await give(before);
  const client = await TestClient.open(withRevision(before), { principal: 'mia' });
  expect(await keyOf(client)).toBe('key-of-mia-1');
  expect(await give(after)).toBe(200);
  expect(await give(before)).toBe(409);
  const { session } = client;
  const again = await withRevision(after).request('/mcp', {
    ...initialize(),
    headers: { ...initialize().headers, 'catwalk-principal': 'mia', 'mcp-session-id': session },
    body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'env', arguments: {} } }),
  });
  const [answer] = await messagesOf(again);
  expect(JSON.stringify(answer)).toContain('key-of-mia-2');
  expect(JSON.stringify(answer)).not.toContain('key-of-mia-1');
});

test('forgotten values end the children of their caller alone, and are gone from memory', async () => {
  const [noa, ida] = [valuesOf('noa', 'key-of-noa-1'), valuesOf('ida', 'key-of-ida-1')];
  for (const values of [noa, ida]) await give(values);
  const clients = [
    await TestClient.open(withRevision(noa), { principal: 'noa' }),
    await TestClient.open(withRevision(ida), { principal: 'ida' }),
  ] as const;
  const pids = () => host.status().children.map(({ pid }) => pid);
  const before = pids();
  expect((await post('/values/forget', [{ principal: 'noa', revision: noa.revision }])).status).toBe(200);
  expect(before.filter((pid) => !pids().includes(pid))).toHaveLength(1);
  expect((await held()).map(({ principal }) => principal)).toEqual(expect.not.arrayContaining(['noa']));
  expect(await keyOf(clients[1])).toBe('key-of-ida-1');
  expect((await clients[0].postTool(1, 'env')).status).toBe(428);
  // a list that is older than the values changes nothing
  await post('/values/forget', [{ principal: 'ida', revision: 'another' }]);
  expect(await keyOf(clients[1])).toBe('key-of-ida-1');
});

test("takes a caller's values out of the log while they are held", async () => {
  const una = valuesOf('una', 'key-of-una-1');
  await give(una);
  const client = await TestClient.open(withRevision(una), { principal: 'una' });
  await client.tool('stderr', { text: 'using key-of-una-1' });
  await eventually('the line', async () => (await host.logs()).some((line) => line === 'using [redacted]'));
  expect((await host.logs()).join('\n')).not.toContain('key-of-una-1');
});

test('names the page to a client without URL elicitation, and starts nothing for it', async () => {
  const before = host.status().children.length;
  const client = createModernClient(withoutValues('API_KEY,API_SECRET'), { principal: 'zoe' });
  const { error } = await client.call('env');
  expect(error).toMatchObject({
    code: -32000,
    message: `This server needs your own API_KEY and API_SECRET. Enter it at ${PAGE} and try again.`,
    data: { code: 'MISSING_CREDENTIAL', variables: ['API_KEY', 'API_SECRET'], url: PAGE },
  });
  const [legacy] = await messagesOf(await withoutValues().request('/mcp', initialize()));
  expect(legacy).toMatchObject({ id: 1, error: { code: -32000, data: { url: PAGE } } });
  expect(host.status().children).toHaveLength(before);
});

test('sends clients that declare URL elicitation to the page, in both eras', async () => {
  const capabilities = { elicitation: { url: {} } };
  const [legacy] = await messagesOf(await withoutValues().request('/mcp', initialize(capabilities)));
  expect(legacy?.error).toMatchObject({
    code: -32042,
    data: { elicitations: [{ mode: 'url', url: PAGE, elicitationId: expect.any(String) }] },
  });
  const modern = createModernClient(withoutValues(), { principal: 'zoe', capabilities });
  const { result } = await modern.call('env');
  expect(result).toMatchObject({
    resultType: 'input_required',
    inputRequests: { catwalk_values: { method: 'elicitation/create', params: { mode: 'url', url: PAGE } } },
  });
  expect((await modern.request('tools/list')).error).toMatchObject({ code: -32000 });
});

test('a session whose caller lost the values is sent to the page by what its client declared', async () => {
  const pia = valuesOf('pia', 'key-of-pia-1');
  await give(pia);
  const capabilities = { elicitation: { url: {} } };
  const client = await TestClient.open(withRevision(pia), { principal: 'pia', capabilities });
  await post('/values/forget', [{ principal: 'pia', revision: pia.revision }]);
  const refused = await withoutValues().request('/mcp', {
    ...initialize(),
    headers: { ...initialize().headers, 'catwalk-principal': 'pia', 'mcp-session-id': client.session },
    body: JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'env', arguments: {} } }),
  });
  expect(await messagesOf(refused)).toMatchObject([{ id: 9, error: { code: -32042 } }]);
});

test('a key with which the server cannot start stops its caller alone', async () => {
  const bad = valuesOf('rex', 'key-of-rex-1', { env: { API_KEY: 'key-of-rex-1', FIXTURE_START: 'needs-key' } });
  await give(bad);
  const open = () =>
    withRevision(bad).request('/mcp', {
      ...initialize(),
      headers: { ...initialize().headers, 'catwalk-principal': 'rex' },
    });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await give(bad);
    const [answer] = await messagesOf(await open());
    expect(answer?.error).toMatchObject({ data: { code: 'MISSING_CREDENTIAL' } });
  }
  const sue = valuesOf('sue', 'key-of-sue-1');
  await give(sue);
  expect(await keyOf(await TestClient.open(withRevision(sue), { principal: 'sue' }))).toBe('key-of-sue-1');
  expect([host.status().phase, host.status().lastError]).toEqual(['READY', null]);
});

test('refuses a body that is not values, without repeating a word of it', async () => {
  for (const [path, body] of [
    ['/values', { principal: 'x', revision: 'r', at: 1, env: { API_KEY: 5 }, secrets: [] }],
    ['/values', [{ principal: 'x', revision: 'secret-in-a-list' }]],
    ['/values/forget', { principal: 'x', revision: 'secret-in-a-record' }],
  ] as const) {
    const response = await post(path, body);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('secret');
  }
});

test('a host whose callers share their values takes none', async () => {
  const shared = await startTestHost();
  try {
    expect((await shared.request('/values')).status).toBe(404);
    expect(await TestClient.open(shared, { principal: 'ann' })).toBeDefined();
  } finally {
    await shared.close();
  }
});
