import { expect, test } from 'vitest';
import { openBridge, settle } from '../whole-bridge.testing.ts';
import { type Answers, type Json, MODERN } from '../whole-bridge-answers.testing.ts';

const PREFIX = 'io.modelcontextprotocol/';

/** A legacy client at a modern server. `client`: its capabilities. */
const open = async (answers: Answers = {}, client: Json = {}) => {
  const bridge = openBridge({ answers: { ...MODERN, ...answers } });
  const session = await bridge.connect({ capabilities: client });
  await settle();
  const child = bridge.child();
  const agree = (...uris: string[]) => {
    const id = child.ofMethod('subscriptions/listen').at(-1)?.['id'];
    child.say({
      method: 'notifications/subscriptions/acknowledged',
      params: { _meta: { [`${PREFIX}subscriptionId`]: id }, notifications: { resourceSubscriptions: uris } },
    });
  };
  return { bridge, session, child, agree };
};

test('initialize is answered for the server, in the version of the client', async () => {
  const { session, bridge } = await open();
  expect(session.opened.json()).toMatchObject({
    id: 0,
    result: { protocolVersion: '2025-11-25', serverInfo: { name: 'm', version: '2' } },
  });
  const older = await bridge.connect({ protocolVersion: '2025-03-26' });
  expect(older.opened.json()).toMatchObject({ result: { protocolVersion: '2025-03-26' } });
  const unknown = await bridge.connect({ protocolVersion: '1999-01-01' });
  expect(unknown.opened.json()).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
});

test('a call carries what the client is and can do, and its answer has the form of its era', async () => {
  const { session, child, bridge } = await open({}, { elicitation: {}, tasks: {} });
  const call = await session.post({ id: 'x', method: 'tools/call', params: { name: 't' } });
  const [sent] = child.ofMethod('tools/call');
  expect(sent?.['params']).toEqual({
    name: 't',
    _meta: {
      [`${PREFIX}protocolVersion`]: '2026-07-28',
      [`${PREFIX}clientInfo`]: { name: 'c', version: '1' },
      [`${PREFIX}clientCapabilities`]: { elicitation: {} },
      [`${PREFIX}logLevel`]: 'info',
    },
  });
  child.reply('tools/call', { result: { resultType: 'complete', content: [] } });
  expect([call.json(), call.header('catwalk-translated')]).toEqual([
    { jsonrpc: '2.0', id: 'x', result: { content: [] } },
    '1',
  ]);
  expect(bridge.bridge.translatedCount).toBe(1);
});

test('the host answers a ping, which the modern era has not', async () => {
  const { session, child } = await open();
  const answer = await session.post({ id: 3, method: 'ping' });
  expect([answer.json(), child.ofMethod('ping')]).toEqual([{ jsonrpc: '2.0', id: 3, result: {} }, []]);
});

test('a log level is kept for the next calls, and an unknown one is refused', async () => {
  const { session, child } = await open();
  const set = await session.post({ id: 1, method: 'logging/setLevel', params: { level: 'error' } });
  expect(set.json()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  for (const params of [{ level: 'loud' }, {}]) {
    const refused = await session.post({ id: 2, method: 'logging/setLevel', params });
    expect(refused.json()).toMatchObject({ id: 2, error: { code: -32602 } });
  }
  await session.post({ id: 3, method: 'tools/call', params: {} });
  expect(child.ofMethod('tools/call')[0]).toHaveProperty(['params', '_meta', `${PREFIX}logLevel`], 'error');
});

test('a server without log messages has no log level', async () => {
  const silent = { result: { supportedVersions: ['2026-07-28'], capabilities: {} } };
  const { session, child } = await open({ 'server/discover': silent });
  const refused = await session.post({ id: 1, method: 'logging/setLevel', params: { level: 'error' } });
  expect(refused.json()).toMatchObject({ id: 1, error: { code: -32601 } });
  await session.post({ id: 2, method: 'tools/call', params: {} });
  expect(child.ofMethod('tools/call')[0]).not.toHaveProperty(['params', '_meta', `${PREFIX}logLevel`]);
});

test('the host subscribes to the lists of the server, and announces their changes', async () => {
  const { session, child, agree } = await open();
  const stream = await session.listen();
  expect(child.ofMethod('subscriptions/listen')[0]).toMatchObject({
    params: {
      _meta: { [`${PREFIX}clientInfo`]: { name: 'catwalk', version: '1' } },
      notifications: { toolsListChanged: true },
    },
  });
  agree();
  const id = child.ofMethod('subscriptions/listen')[0]?.['id'];
  child.say({ method: 'notifications/tools/list_changed', params: { _meta: { [`${PREFIX}subscriptionId`]: id } } });
  expect(stream.events()).toEqual([{ jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: {} }]);
});

test('a resource is subscribed when the server agrees to it, and is given up again', async () => {
  const { session, child, agree } = await open();
  agree();
  const subscribing = session.post({ id: 1, method: 'resources/subscribe', params: { uri: 'file:///a' } });
  const subscribed = await subscribing;
  expect([subscribed.isOver(), child.ofMethod('subscriptions/listen')[1]]).toMatchObject([
    false,
    { params: { notifications: { resourceSubscriptions: ['file:///a'] } } },
  ]);
  agree('file:///a');
  await settle();
  expect(subscribed.json()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  const given = await session.post({ id: 2, method: 'resources/unsubscribe', params: { uri: 'file:///a' } });
  expect(child.ofMethod('subscriptions/listen')[2]).not.toHaveProperty('params.notifications.resourceSubscriptions');
  agree();
  await settle();
  expect(given.json()).toEqual({ jsonrpc: '2.0', id: 2, result: {} });
});

test('a subscription without a uri, or to a resource that the server does not offer, is refused', async () => {
  const { session, agree, child } = await open();
  agree();
  for (const params of [{}, { uri: 1 }]) {
    const refused = await session.post({ id: 1, method: 'resources/subscribe', params });
    expect(refused.json()).toMatchObject({ id: 1, error: { code: -32602, message: 'The uri is missing.' } });
  }
  const refused = await session.post({ id: 2, method: 'resources/subscribe', params: { uri: 'file:///a' } });
  agree();
  await settle();
  expect(refused.json()).toMatchObject({ id: 2, error: { code: -32602 } });
  const denied = await session.post({ id: 3, method: 'resources/subscribe', params: { uri: 'file:///b' } });
  expect(child.ofMethod('subscriptions/listen').at(-1)).toMatchObject({
    params: { notifications: { resourceSubscriptions: ['file:///b'] } },
  });
  child.reply('subscriptions/listen', { error: { code: -1, message: 'Not now.' } });
  await settle();
  expect(denied.json()).toMatchObject({ id: 3, error: { code: -32603, message: 'Not now.' } });
});

test('params that are not an object are refused before the server sees them', async () => {
  const { session, child } = await open();
  const refused = await session.post({ id: 1, method: 'tools/call', params: [] });
  expect([refused.json(), child.ofMethod('tools/call')]).toMatchObject([{ id: 1, error: { code: -32602 } }, []]);
});

test('only a cancellation is passed on, under the number of the call at the server', async () => {
  const { session, child } = await open();
  await session.post({ id: 'x', method: 'tools/call', params: {} });
  for (const message of [
    { method: 'notifications/roots/list_changed' },
    { method: 'notifications/cancelled', params: {} },
    { method: 'notifications/cancelled', params: { requestId: 'y' } },
  ])
    await session.post(message);
  expect(child.methods().at(-1)).toBe('tools/call');
  await session.post({ method: 'notifications/cancelled', params: { requestId: 'x' } });
  expect(child.received.at(-1)).toMatchObject({
    method: 'notifications/cancelled',
    params: { requestId: child.ofMethod('tools/call')[0]?.['id'] },
  });
});

test('a cancelled call that the server does not answer ends after three seconds', async () => {
  const { session, bridge } = await open();
  const call = await session.post({ id: 'x', method: 'tools/call', params: {} });
  bridge.clock.now = 10;
  await session.post({ method: 'notifications/cancelled', params: { requestId: 'x' } });
  bridge.clock.now = 3_009;
  bridge.bridge.tick();
  expect(call.body()).not.toContain('cancelled');
  bridge.clock.now = 3_010;
  bridge.bridge.tick();
  expect(call.events()).toMatchObject([{ id: 'x', error: { message: 'The request was cancelled.' } }]);
});

test('the last session that leaves ends the subscription of the host', async () => {
  const { session, child, agree } = await open();
  agree();
  await settle();
  await session.leave();
  await settle();
  expect(child.received.at(-1)).toMatchObject({
    method: 'notifications/cancelled',
    params: { requestId: child.ofMethod('subscriptions/listen')[0]?.['id'] },
  });
});
