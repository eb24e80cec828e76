import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openBridge, settle } from '../whole-bridge.testing.ts';
import { type Json, LEGACY } from '../whole-bridge-answers.testing.ts';

const MINUTE_MS = 60_000;
const PREFIX = 'io.modelcontextprotocol/';
const CAPABLE = { [`${PREFIX}clientCapabilities`]: { elicitation: {}, sampling: {}, roots: {} } };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Questions that a child asks at the same moment are put to the client 20 ms later. */
const gather = async () => {
  vi.advanceTimersByTime(20);
  await settle();
};

test('the first call of a modern client opens a session at the legacy child, and later ones use it', async () => {
  const bridge = openBridge();
  const call = await bridge.modern('tools/call', { name: 't' }, { id: 'x' });
  expect(bridge.child().methods()).toEqual([
    'server/discover',
    'initialize',
    'notifications/initialized',
    'tools/list',
    'tools/call',
  ]);
  const [sent] = bridge.child().ofMethod('tools/call');
  expect(sent?.['params']).toEqual({ name: 't' });
  expect(bridge.child().ofMethod('initialize')[0]?.['params']).toEqual({
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  });
  bridge.child().reply('tools/call', { result: { content: [] } });
  expect([call.status(), call.json(), call.header('catwalk-translated')]).toEqual([
    200,
    {
      jsonrpc: '2.0',
      id: 'x',
      result: {
        resultType: 'complete',
        _meta: { [`${PREFIX}serverInfo`]: { name: 's', version: '1' } },
        content: [],
      },
    },
    '1',
  ]);
  await bridge.modern('tools/call', { name: 't' });
  expect([bridge.children.length, bridge.child().ofMethod('initialize').length]).toEqual([1, 1]);
  expect([bridge.bridge.translatedCount, bridge.bridge.sessionCount]).toEqual([2, 0]);
});

test('server/discover is answered from the handshake', async () => {
  const bridge = openBridge();
  const answer = await bridge.modern('server/discover', {}, { id: 5 });
  expect([answer.status(), answer.json()]).toMatchObject([
    200,
    {
      id: 5,
      result: {
        resultType: 'complete',
        ttlMs: 0,
        cacheScope: 'private',
        supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
        capabilities: { logging: {} },
      },
    },
  ]);
});

test.each(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'tasks/get', 'sampling/createMessage'])(
  '%s does not exist for modern clients',
  async (method) => {
    const bridge = openBridge();
    const refused = await bridge.modern(method);
    expect([refused.status(), refused.json()]).toMatchObject([404, { id: 1, error: { code: -32601 } }]);
  },
);

test('what the headers, the log level and the size of a request must be', async () => {
  const bridge = openBridge();
  const refusals: [Json, number, number][] = [
    [{ headers: { 'mcp-method': 'other' } }, 400, -32020],
    [{ meta: { [`${PREFIX}logLevel`]: 'loud' } }, 400, -32602],
    [{ meta: { [`${PREFIX}clientInfo`]: { name: 'x'.repeat(16 * 1024) } } }, 400, -32602],
    [{ meta: { [`${PREFIX}clientCapabilities`]: 1 } }, 400, -32602],
  ];
  for (const [options, status, code] of refusals) {
    const refused = await bridge.modern('tools/list', {}, options);
    expect([refused.status(), refused.json()]).toMatchObject([status, { id: 1, error: { code } }]);
  }
  const large = await bridge.modern(
    'tools/list',
    {},
    { meta: { [`${PREFIX}clientInfo`]: { name: 'x'.repeat(16_000), version: '1' } } },
  );
  expect(large.status()).toBe(200);
  const version = await bridge.modern(
    'tools/list',
    {},
    { meta: { [`${PREFIX}protocolVersion`]: '2027-01-01' }, headers: { 'mcp-protocol-version': '2027-01-01' } },
  );
  expect(version.json()).toMatchObject({ error: { code: -32022, data: { requested: '2027-01-01' } } });
});

test('notifications of modern clients have no meaning, and are accepted', async () => {
  const bridge = openBridge();
  await bridge.modern('tools/list');
  const before = bridge.child().received.length;
  const accepted = await bridge.modern('notifications/cancelled', { requestId: 1 }, { id: null });
  expect([accepted.status(), bridge.child().received.length]).toEqual([202, before]);
});

test('clients that are or can do something else have a session and a child of their own', async () => {
  const bridge = openBridge();
  await bridge.modern('tools/list');
  await bridge.modern('tools/list', {}, { meta: CAPABLE });
  await bridge.modern('tools/list', {}, { principal: 'b' });
  await bridge.modern('tools/list', {}, { meta: CAPABLE });
  expect(bridge.children).toHaveLength(3);
});

test('a log level is set at the child before the call that asks for it', async () => {
  const bridge = openBridge();
  await bridge.modern('tools/list', {}, { meta: { [`${PREFIX}logLevel`]: 'error' } });
  expect(bridge.child().methods().slice(-2)).toEqual(['logging/setLevel', 'tools/list']);
  const call = await bridge.modern('tools/call', { name: 't' }, { meta: { [`${PREFIX}logLevel`]: 'debug' } });
  bridge.child().say({ method: 'notifications/message', params: { level: 'debug', data: 1 } });
  expect(call.events()).toMatchObject([{ params: { level: 'debug' } }]);
});

test('progress comes under the token of the client', async () => {
  const bridge = openBridge();
  const call = await bridge.modern('tools/call', { name: 't' }, { meta: { progressToken: 'p' } });
  const [sent] = bridge.child().ofMethod('tools/call');
  expect(sent?.['params']).toEqual({ name: 't', _meta: { progressToken: sent?.['id'] } });
  bridge.child().say({ method: 'notifications/progress', params: { progressToken: sent?.['id'], progress: 1 } });
  expect(call.events()).toMatchObject([{ params: { progressToken: 'p', progress: 1 } }]);
});

test('a client that closes its connection cancels its call', async () => {
  const bridge = openBridge();
  const call = await bridge.modern('tools/call', { name: 't' });
  call.leave();
  expect(bridge.child().received.at(-1)).toMatchObject({
    method: 'notifications/cancelled',
    params: { reason: 'The client closed the connection.' },
  });
});

test('a question of the child is put to the client, whose next round continues the same call', async () => {
  const bridge = openBridge();
  const first = await bridge.modern('tools/call', { name: 't' }, { id: 1, meta: CAPABLE });
  bridge.child().say({ id: 'q', method: 'elicitation/create', params: { message: '?', elicitationId: 'e' } });
  await gather();
  const { requestState, ...result } = first.json()['result'] as Json;
  expect(result).toMatchObject({
    resultType: 'input_required',
    inputRequests: { elicitation_1: { method: 'elicitation/create', params: { message: '?' } } },
  });
  expect(bridge.bridge.work).toBeGreaterThan(0);
  const inputResponses = { elicitation_1: { action: 'accept', content: {} } };
  const second = await bridge.modern(
    'tools/call',
    { name: 't', requestState, inputResponses },
    { id: 2, meta: CAPABLE },
  );
  expect(bridge.child().received.at(-1)).toEqual({ jsonrpc: '2.0', id: 'q', result: inputResponses.elicitation_1 });
  expect(bridge.child().ofMethod('tools/call')).toHaveLength(1);
  bridge.child().reply('tools/call', { result: { content: [] } });
  expect([second.status(), second.json()]).toMatchObject([200, { id: 2, result: { content: [] } }]);
  const used = await bridge.modern('tools/call', { name: 't', requestState, inputResponses }, { id: 3, meta: CAPABLE });
  expect([used.status(), used.json()]).toMatchObject([400, { id: 3, error: { code: -32602 } }]);
});

test('a next round is refused for another caller, another request, nonsense, and after ten minutes', async () => {
  const bridge = openBridge();
  const first = await bridge.modern('tools/call', { name: 't' }, { meta: CAPABLE });
  bridge.child().say({ id: 'q', method: 'roots/list' });
  await gather();
  const { requestState } = first.json()['result'] as Json;
  const params = { name: 't', requestState, inputResponses: { roots_1: { roots: [] } } };
  const refusals = [
    bridge.modern('tools/call', params, { meta: CAPABLE, principal: 'b' }),
    bridge.modern('tools/call', { ...params, name: 'u' }, { meta: CAPABLE }),
    bridge.modern('prompts/get', params, { meta: CAPABLE }),
    bridge.modern('tools/call', { ...params, requestState: 'x' }, { meta: CAPABLE }),
    bridge.modern('tools/call', { ...params, inputResponses: { roots_1: 1 } }, { meta: CAPABLE }),
    bridge.modern('tools/call', { ...params, inputResponses: [] }, { meta: CAPABLE }),
  ];
  for (const refused of await Promise.all(refusals))
    expect([refused.status(), refused.json()]).toMatchObject([400, { id: 1, error: { code: -32602 } }]);
  bridge.clock.now = 10 * MINUTE_MS;
  bridge.bridge.tick();
  const late = await bridge.modern('tools/call', params, { meta: CAPABLE });
  expect(late.status()).toBe(400);
  expect(bridge.child().ofMethod('notifications/cancelled')).toHaveLength(1);
});

test('a client that leaves in a later round cancels the call, and one without responses is asked again', async () => {
  const bridge = openBridge();
  const first = await bridge.modern('tools/call', { name: 't' }, { meta: CAPABLE });
  bridge.child().say({ id: 'q', method: 'roots/list' });
  await gather();
  const { requestState } = first.json()['result'] as Json;
  const second = await bridge.modern('tools/call', { name: 't', requestState }, { id: 2, meta: CAPABLE });
  await gather();
  const again = second.json()['result'] as Json;
  expect(again).toMatchObject({ resultType: 'input_required', inputRequests: { roots_1: { method: 'roots/list' } } });
  const inputResponses = { roots_1: { roots: [] } };
  const third = await bridge.modern(
    'tools/call',
    { name: 't', requestState: again['requestState'], inputResponses },
    { id: 3, meta: CAPABLE },
  );
  third.leave();
  expect(bridge.child().received.at(-1)).toMatchObject({ method: 'notifications/cancelled' });
});

test('a capability that the client did not declare makes the call fail with that', async () => {
  const bridge = openBridge();
  const call = await bridge.modern('tools/call', { name: 't' });
  bridge.child().say({ id: 'q', method: 'sampling/createMessage', params: {} });
  expect(bridge.child().received.at(-1)).toMatchObject({ id: 'q', error: { code: -32601 } });
  bridge.child().reply('tools/call', { error: { code: -1, message: 'no' } });
  expect([call.status(), call.json()]).toMatchObject([
    400,
    { id: 1, error: { code: -32021, data: { requiredCapabilities: { sampling: {} } } } },
  ]);
});

test('a server that asks for an elicitation by an error is called again with the input', async () => {
  const bridge = openBridge();
  const meta = { [`${PREFIX}clientCapabilities`]: { elicitation: { url: {} } } };
  const first = await bridge.modern('tools/call', { name: 't' }, { meta });
  const elicitations = [{ mode: 'url', url: 'https://a.example', elicitationId: 'e', message: 'm' }];
  bridge.child().reply('tools/call', { error: { code: -32042, message: 'x', data: { elicitations } } });
  const result = first.json()['result'] as Json;
  expect(result['inputRequests']).toEqual({
    elicitation_1: { method: 'elicitation/create', params: { mode: 'url', url: 'https://a.example', message: 'm' } },
  });
  const { requestState } = result;
  await bridge.modern('tools/call', { name: 't', requestState, inputResponses: {} }, { id: 2, meta });
  expect(
    bridge
      .child()
      .ofMethod('tools/call')
      .map(({ params }) => params),
  ).toEqual([{ name: 't' }, { name: 't' }]);
});

test('a subscription is served by the host, ends with its client, and with the machine', async () => {
  const bridge = openBridge();
  const notifications = { toolsListChanged: true, resourceSubscriptions: ['file:///a'] };
  const stream = await bridge.modern('subscriptions/listen', { notifications }, { id: 's' });
  expect(stream.events()).toMatchObject([
    { method: 'notifications/subscriptions/acknowledged', params: { notifications } },
  ]);
  bridge.child().say({ method: 'notifications/tools/list_changed' });
  expect(stream.events()).toHaveLength(2);
  expect([bridge.bridge.openStreams, bridge.bridge.work]).toEqual([1, 0]);
  stream.leave();
  expect(bridge.child().methods().at(-1)).toBe('resources/unsubscribe');
  const other = await bridge.modern('subscriptions/listen', { notifications: { toolsListChanged: true } }, { id: 9 });
  bridge.bridge.close();
  expect([other.events().at(-1), other.isOver()]).toMatchObject([{ id: 9, result: { resultType: 'complete' } }, true]);
});

test('a client that leaves while its subscription is made ends it', async () => {
  const bridge = openBridge({ answers: { ...LEGACY, 'resources/subscribe': undefined } });
  const notifications = { resourceSubscriptions: ['file:///a'] };
  const stream = await bridge.modern('subscriptions/listen', { notifications });
  stream.leave();
  bridge.child().reply('resources/subscribe', { result: {} });
  await settle();
  expect(bridge.child().methods().at(-1)).toBe('resources/unsubscribe');
});

test('a subscription without a filter is refused', async () => {
  const refused = await openBridge().modern('subscriptions/listen');
  expect([refused.status(), refused.json()]).toMatchObject([400, { id: 1, error: { code: -32602 } }]);
});

test('a parameter that a tool repeats in a header must agree with it', async () => {
  const schema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
  const tools = [{ name: 't', inputSchema: schema }];
  const bridge = openBridge({ answers: { ...LEGACY, 'tools/list': { result: { tools } } } });
  const params = { name: 't', arguments: { region: 'eu' } };
  const refused = await bridge.modern('tools/call', params, { headers: { 'mcp-param-region': 'us' } });
  expect([refused.status(), refused.json()]).toMatchObject([400, { id: 1, error: { code: -32020 } }]);
  await bridge.modern('tools/call', params, { headers: { 'mcp-param-region': 'eu' } });
  expect(bridge.child().ofMethod('tools/call')).toHaveLength(1);
});

test('a child that cannot be started, or reads too slowly, fails the call', async () => {
  const failing = openBridge({ pool: { makeRoom: () => Promise.reject(new Error('full')) } });
  expect((await failing.modern('tools/list')).json()).toMatchObject({ id: 1, error: { message: 'full' } });
  const bridge = openBridge({ pool: { unreadBytesMax: 0 } });
  await bridge.modern('tools/list');
  Object.assign(bridge.child().handle, { bufferedBytes: 1 });
  const refused = await bridge.modern('tools/list');
  expect([refused.status(), refused.json()]).toMatchObject([503, { id: 1 }]);
});

test('a client that has left when its child is ready sends nothing', async () => {
  const bridge = openBridge({ answers: { ...LEGACY, initialize: undefined } });
  const call = await bridge.modern('tools/call', { name: 't' });
  call.response.destroy();
  bridge.child().reply('initialize', LEGACY['initialize'] as Json);
  await settle();
  expect(bridge.child().ofMethod('tools/call')).toEqual([]);
});

test('the next call after a crash starts the server again', async () => {
  const bridge = openBridge();
  const lost = await bridge.modern('tools/call', { name: 't' });
  bridge.child().end();
  expect(lost.json()).toMatchObject({ id: 1, error: { data: { code: 'CRASHED' } } });
  const again = await bridge.modern('tools/list');
  expect([again.json(), bridge.children.length]).toMatchObject([{ result: { tools: [], ttlMs: 0 } }, 2]);
});

test('a client that has not called for 30 minutes is forgotten, and its child stays', async () => {
  const bridge = openBridge();
  await bridge.modern('tools/list');
  const sessions = () => [...bridge.pool.peers].map((peer) => peer.sessions.size);
  bridge.clock.now = 30 * MINUTE_MS - 1;
  bridge.bridge.tick();
  expect(sessions()).toEqual([1]);
  bridge.clock.now = 30 * MINUTE_MS;
  bridge.bridge.tick();
  expect([sessions(), bridge.child().stops()]).toEqual([[0], 0]);
});

test('a client whose child takes long to start is not forgotten', async () => {
  const bridge = openBridge({ answers: { ...LEGACY, initialize: undefined } });
  const call = await bridge.modern('tools/list');
  bridge.clock.now = 31 * MINUTE_MS;
  bridge.bridge.tick();
  bridge.child().reply('initialize', LEGACY['initialize'] as Json);
  await settle();
  expect(call.json()).toMatchObject({ result: { tools: [] } });
  bridge.clock.now = 62 * MINUTE_MS;
  bridge.bridge.tick();
  expect([...bridge.pool.peers].map((peer) => peer.sessions.size)).toEqual([0]);
});

test('lists that modern clients received are part of the offer', async () => {
  const bridge = openBridge();
  await bridge.modern('tools/list');
  expect(Object.keys(bridge.bridge.offer().answers?.lists ?? {})).toEqual(['2026-07-28\ntools/list\n']);
});
