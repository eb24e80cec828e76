import { expect, test } from 'vitest';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { openBridge, settle } from './whole-bridge.testing.ts';
import { MODERN } from './whole-bridge-answers.testing.ts';

const MINUTE_MS = 60_000;
const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

const open = (options: Parameters<typeof openBridge>[0] = {}) => openBridge({ answers: MODERN, ...options });

test('a call passes as it is, and its answer comes under the id of the client', async () => {
  const bridge = open();
  const call = await bridge.modern('tools/call', { name: 't', arguments: { a: 1 } }, { id: 'x' });
  const [sent] = bridge.child().ofMethod('tools/call');
  expect(sent).toMatchObject({ id: expect.any(Number), params: { name: 't', arguments: { a: 1 } } });
  bridge.child().reply('tools/call', { result: { content: [] } });
  expect([call.status(), call.json()]).toEqual([200, { jsonrpc: '2.0', id: 'x', result: { content: [] } }]);
  expect([bridge.bridge.translatedCount, call.header('catwalk-translated')]).toEqual([0, undefined]);
  expect([bridge.bridge.openStreams, bridge.bridge.work]).toEqual([0, 0]);
});

test.each([
  [-32700, 400],
  [-32600, 400],
  [-32601, 404],
  [-32020, 400],
  [-32021, 400],
  [-32022, 400],
  [-32603, 200],
])('the error %i of the server has the status %i', async (code, status) => {
  const bridge = open();
  const call = await bridge.modern('tools/call', { name: 't' });
  bridge.child().reply('tools/call', { error: { code, message: 'no' } });
  expect([call.status(), call.json()]).toMatchObject([status, { id: 1, error: { code } }]);
});

test('the headers of a request must agree with its body, and its version must be one of the server', async () => {
  const bridge = open();
  const version = await bridge.modern('tools/list', {}, { headers: { 'mcp-protocol-version': '2027-01-01' } });
  expect([version.status(), version.json()]).toMatchObject([400, { id: 1, error: { code: -32020 } }]);
  const method = await bridge.modern('tools/list', {}, { headers: { 'mcp-method': 'tools/call' } });
  expect([method.status(), method.json()]).toMatchObject([400, { id: 1, error: { code: -32020 } }]);
  const newer = await bridge.modern(
    'tools/list',
    {},
    {
      meta: { 'io.modelcontextprotocol/protocolVersion': '2027-01-01' },
      headers: { 'mcp-protocol-version': '2027-01-01' },
    },
  );
  expect([newer.status(), newer.json()]).toMatchObject([
    400,
    { id: 1, error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2027-01-01' } } },
  ]);
  expect(bridge.child().ofMethod('tools/list')).toEqual([]);
});

test('a parameter that a tool repeats in a header must agree with it, and only for calls of tools', async () => {
  const tools = [
    {
      name: 't',
      inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
    },
  ];
  const bridge = open({ answers: { ...MODERN, 'tools/list': { result: { tools } } } });
  const params = { name: 't', arguments: { region: 'eu' } };
  const refused = await bridge.modern('tools/call', params, { headers: { 'mcp-param-region': 'us' } });
  expect([refused.status(), refused.json()]).toMatchObject([400, { id: 1, error: { code: -32020 } }]);
  const call = await bridge.modern('tools/call', params, { headers: { 'mcp-param-region': 'eu' } });
  bridge.child().reply('tools/call', { result: {} });
  expect(call.status()).toBe(200);
  await bridge.modern('prompts/get', params, { headers: { 'mcp-param-region': 'us' } });
  expect(bridge.child().ofMethod('prompts/get')).toHaveLength(1);
});

test('a client that closes its connection cancels its own call, and no other', async () => {
  const bridge = open();
  const first = await bridge.modern('tools/call', { name: 't' }, { id: 1 });
  const second = await bridge.modern('tools/call', { name: 't' }, { id: 1 });
  first.leave();
  const ids = bridge
    .child()
    .ofMethod('tools/call')
    .map(({ id }) => id);
  expect(bridge.child().received.at(-1)).toMatchObject({
    method: 'notifications/cancelled',
    params: { requestId: ids[0], reason: 'The client closed the connection.' },
  });
  bridge.child().reply('tools/call', { result: {} });
  expect([first.isOver(), second.status()]).toEqual([false, 200]);
  expect(bridge.child().ofMethod('notifications/cancelled')).toHaveLength(1);
});

test('a notification is accepted, and a cancellation names the call by the number of the child', async () => {
  const bridge = open();
  const early = await bridge.modern('notifications/cancelled', { requestId: 'x' }, { id: null });
  expect([early.status(), bridge.children.length]).toEqual([202, 0]);
  await bridge.modern('tools/call', { name: 't' }, { id: 'x' });
  await bridge.modern('notifications/cancelled', { requestId: 'y' }, { id: null });
  await bridge.modern('notifications/cancelled', {}, { id: null });
  expect(bridge.child().ofMethod('notifications/cancelled')).toEqual([]);
  await bridge.modern('notifications/cancelled', { requestId: 'x' }, { id: null });
  await bridge.modern('notifications/other', {}, { id: null });
  const [call] = bridge.child().ofMethod('tools/call');
  expect(bridge.child().received.slice(-2)).toMatchObject([
    { method: 'notifications/cancelled', params: { requestId: call?.['id'] } },
    { method: 'notifications/other' },
  ]);
});

test('a subscription is answered as a stream, leaves its machine free to sleep, and is named by the client’s id', async () => {
  const bridge = open();
  const stream = await bridge.modern('subscriptions/listen', { notifications: {} }, { id: 's' });
  const [sent] = bridge.child().ofMethod('subscriptions/listen');
  const notify = (method: string) =>
    bridge.child().say({ method, params: { _meta: { [SUBSCRIPTION_ID]: sent?.['id'] } } });
  notify('notifications/subscriptions/acknowledged');
  notify('notifications/tools/list_changed');
  expect(stream.events()).toMatchObject([
    { method: 'notifications/subscriptions/acknowledged', params: { _meta: { [SUBSCRIPTION_ID]: 's' } } },
    { method: 'notifications/tools/list_changed', params: { _meta: { [SUBSCRIPTION_ID]: 's' } } },
  ]);
  expect(stream.body()).not.toContain('\nid: ');
  expect([bridge.bridge.openStreams, bridge.bridge.work]).toEqual([1, 0]);
  bridge.child().reply('subscriptions/listen', { result: { _meta: { [SUBSCRIPTION_ID]: sent?.['id'] } } });
  expect(stream.events().at(-1)).toMatchObject({ id: 's', result: { _meta: { [SUBSCRIPTION_ID]: 's' } } });
  expect(stream.isOver()).toBe(true);
});

test('principals have children of their own, unless one child serves all', async () => {
  const apart = open();
  await apart.modern('tools/list');
  await apart.modern('tools/list');
  await apart.modern('tools/list', {}, { principal: 'b' });
  expect(apart.children).toHaveLength(2);
  const shared = open({ isolation: 'SHARED' });
  await shared.modern('tools/list');
  await shared.modern('tools/list', {}, { principal: 'b' });
  expect(shared.children).toHaveLength(1);
});

test('with one child for all, calls of the platform are not taken for those of a client', async () => {
  const bridge = open({ isolation: 'SHARED' });
  await bridge.modern('tools/list', {}, { principal: PLATFORM_PRINCIPAL });
  expect(bridge.pool.lastAnswerAt).toBeNull();
  await bridge.modern('tools/list', {}, { principal: 'b' });
  expect([bridge.pool.lastAnswerAt, bridge.children.length]).toEqual([expect.any(Number), 1]);
});

test('a principal that has not called for 30 minutes is forgotten, unless it is in use, and its child stays', async () => {
  const bridge = open();
  await bridge.modern('tools/list');
  const stream = await bridge.modern('subscriptions/listen', { notifications: {} }, { principal: 'b' });
  expect(bridge.pool.peers.size).toBe(2);
  const sessions = () => [...bridge.pool.peers].map(({ sessions: { size } }) => size);
  bridge.clock.now = 30 * MINUTE_MS - 1;
  bridge.bridge.tick();
  expect(sessions()).toEqual([1, 1]);
  bridge.clock.now = 30 * MINUTE_MS;
  bridge.bridge.tick();
  expect([sessions(), bridge.child(0).stops(), stream.isOver()]).toEqual([[0, 1], 0, false]);
});

test('a principal whose child takes long to start is not forgotten', async () => {
  const waiting = Promise.withResolvers<void>();
  const bridge = open({ pool: { makeRoom: () => waiting.promise } });
  const call = await bridge.modern('tools/list');
  bridge.clock.now = 31 * MINUTE_MS;
  bridge.bridge.tick();
  waiting.resolve();
  await settle();
  expect([call.status(), call.json()]).toMatchObject([200, { result: { tools: [] } }]);
});

test('a call whose child cannot be started, or is overloaded, fails at once', async () => {
  const failing = open({ pool: { makeRoom: () => Promise.reject(new Error('full')) } });
  const failed = await failing.modern('tools/list');
  expect(failed.json()).toMatchObject({ id: 1, error: { message: 'full' } });

  const bridge = open({ pool: { unreadBytesMax: 0 } });
  await bridge.modern('tools/list');
  Object.assign(bridge.child().handle, { bufferedBytes: 1 });
  const refused = await bridge.modern('tools/list');
  expect([refused.status(), refused.json()]).toMatchObject([503, { id: 1 }]);
});

test('a client that leaves while its child starts sends nothing to it', async () => {
  const waiting = Promise.withResolvers<void>();
  const bridge = open({ pool: { makeRoom: () => waiting.promise } });
  const call = await bridge.modern('tools/call', { name: 't' });
  call.response.destroy();
  waiting.resolve();
  await settle();
  expect(bridge.child().methods()).toEqual(['server/discover']);
});

test('the next call after a crash starts the server again', async () => {
  const bridge = open();
  const lost = await bridge.modern('tools/call', { name: 't' });
  bridge.child().end();
  expect(lost.json()).toMatchObject({ id: 1, error: { data: { code: 'CRASHED' } } });
  const again = await bridge.modern('tools/list');
  expect([again.status(), bridge.children.length]).toEqual([200, 2]);
});

test('the platform is not translated for a legacy server: it is asked to initialize', async () => {
  const bridge = openBridge();
  const first = await bridge.modern('server/discover', {}, { principal: PLATFORM_PRINCIPAL });
  const second = await bridge.modern('server/discover', {}, { principal: PLATFORM_PRINCIPAL });
  for (const refused of [first, second])
    expect([refused.status(), refused.json()]).toMatchObject([
      400,
      { id: 1, error: { code: -32_000, message: expect.stringContaining('send an initialize request first') } },
    ]);
  expect(bridge.bridge.translatedCount).toBe(0);
});
