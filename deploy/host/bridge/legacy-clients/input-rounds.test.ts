import { expect, test } from 'vitest';
import { openBridge } from '../whole-bridge.testing.ts';
import { type Json, MODERN } from '../whole-bridge-answers.testing.ts';

const ALL = { elicitation: {}, sampling: {}, roots: {} };
const ASK = { method: 'elicitation/create', params: { message: '?' } };

/** A call of a legacy client that a modern server answers by requiring input. */
const open = async (capabilities: Json = ALL, method = 'tools/call') => {
  const bridge = openBridge({ answers: MODERN });
  const session = await bridge.connect({ capabilities });
  const call = await session.post({ id: 'x', method, params: { name: 't' } });
  const child = bridge.child();
  const require = (inputRequests: unknown, more: Json = {}) =>
    child.reply(method, {
      result: { resultType: 'input_required', ...(inputRequests === undefined ? {} : { inputRequests }), ...more },
    });
  const answer = (id: unknown, members: Json) => session.post({ id, ...members });
  const rounds = () => child.ofMethod(method).map(({ params }) => params as Json);
  const error = () => call.events().at(-1)?.['error'] ?? call.json()['error'];
  return { bridge, session, call, child, require, answer, rounds, error };
};

test('the client is asked in the stream of its call, and its answers become the next round', async () => {
  const { call, require, answer, rounds, child } = await open();
  require({ a: ASK, b: { method: 'roots/list' } }, { requestState: 's' });
  expect(call.events()).toEqual([
    { jsonrpc: '2.0', id: 1, ...ASK },
    { jsonrpc: '2.0', id: 2, method: 'roots/list' },
  ]);
  await answer(2, { result: { roots: [] } });
  expect(rounds()).toHaveLength(1);
  await answer(1, { result: { action: 'accept' } });
  expect(rounds()[1]).toMatchObject({
    name: 't',
    inputResponses: { a: { action: 'accept' }, b: { roots: [] } },
    requestState: 's',
  });
  child.reply('tools/call', { result: { resultType: 'complete', content: [] } });
  expect([call.events().at(-1), call.isOver()]).toEqual([{ jsonrpc: '2.0', id: 'x', result: { content: [] } }, true]);
});

test('a server that requires nothing but another round gets it without the client', async () => {
  const { call, require, rounds } = await open();
  require({}, { requestState: 's' });
  require(undefined, { requestState: 't' });
  expect([rounds().map(({ requestState }) => requestState), call.body()]).toEqual([[undefined, 's', 't'], '']);
  expect(rounds()[1]).not.toHaveProperty('inputResponses');
});

test('ten rounds are played, and no more', async () => {
  const { require, rounds, error, call } = await open();
  for (let round = 0; round < 10; round += 1) require({}, { requestState: 's' });
  expect([rounds().length, call.isOver()]).toEqual([11, false]);
  require({}, { requestState: 's' });
  expect([rounds().length, error()]).toMatchObject([
    11,
    { code: -32603, message: 'The server still required input after 10 rounds.' },
  ]);
});

test('a server may put 32 questions at once', async () => {
  const questions = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`q${at}`, ASK]));
  const many = await open();
  many.require(questions(32));
  expect(many.call.events()).toHaveLength(32);
  const tooMany = await open();
  tooMany.require(questions(33));
  expect(tooMany.error()).toMatchObject({ message: 'The server required too much input at once.' });
});

test.each<[unknown, Json, string]>([
  [undefined, ALL, 'The server required input without naming it.'],
  [{ a: { method: 'tools/call' } }, ALL, 'The server required input of an unknown kind: tools/call.'],
  [{ a: { method: 'toString' } }, ALL, 'The server required input of an unknown kind: toString.'],
  [{ a: 1 }, ALL, 'The server required input of an unknown kind: .'],
  [{ a: {} }, ALL, 'The server required input of an unknown kind: .'],
  [{ a: ASK, b: { method: 'roots/list' } }, { elicitation: {} }, 'requires a client with the capability "roots"'],
  [{ a: { method: 'sampling/createMessage' } }, {}, 'requires a client with the capability "sampling"'],
])('the input %j of a client with %j fails the call, and asks no one', async (requests, capabilities, message) => {
  const { require, error, call } = await open(capabilities);
  require(requests);
  expect([call.isOver(), error()]).toMatchObject([true, { code: -32603, message: expect.stringContaining(message) }]);
});

test('a client that refuses an elicitation cancels it, and one that refuses anything else fails the call', async () => {
  const elicited = await open();
  elicited.require({ a: ASK });
  await elicited.answer(1, { error: { code: -1, message: 'no' } });
  expect(elicited.rounds()[1]).toMatchObject({ inputResponses: { a: { action: 'cancel' } } });
  const sampled = await open();
  sampled.require({ a: { method: 'sampling/createMessage', params: {} }, b: ASK });
  await sampled.answer(1, { error: { code: -1, message: 'no' } });
  expect(sampled.error()).toMatchObject({
    message: 'The client refused sampling/createMessage: {"code":-1,"message":"no"}',
  });
  await sampled.answer(2, { result: {} });
  expect(sampled.rounds()).toHaveLength(1);
});

test('an elicitation in a browser gets the name that legacy clients expect, once', async () => {
  const { require, call } = await open();
  const url = { mode: 'url', url: 'https://a.example', message: '?' };
  require({
    a: { method: 'elicitation/create', params: url },
    b: { method: 'elicitation/create', params: { ...url, elicitationId: 'e' } },
    c: ASK,
    d: { method: 'sampling/createMessage', params: { mode: 'url' } },
  });
  const params = call.events().map((event) => event['params'] as Json);
  expect(params[0]).toEqual({ ...url, elicitationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(params.slice(1)).toEqual([{ ...url, elicitationId: 'e' }, ASK.params, { mode: 'url' }]);
});

test.each(['prompts/get', 'resources/read'])('%s may require input', async (method) => {
  const { require, call } = await open(ALL, method);
  require({ a: ASK });
  expect(call.events()).toHaveLength(1);
});

test('other methods may not', async () => {
  const { call } = await open(ALL, 'tools/list');
  expect(call.json()).toMatchObject({ result: { tools: [] } });
  const other = await open(ALL, 'completion/complete');
  other.require({ a: ASK });
  expect(other.error()).toMatchObject({ code: -32603, message: expect.stringContaining('input_required') });
});

test('a client that cancels while it is asked ends its call, and a late answer is dropped', async () => {
  const { require, session, call, answer, rounds, bridge } = await open();
  require({ a: ASK });
  await session.post({ method: 'notifications/cancelled', params: { requestId: 'x' } });
  expect(call.events().at(-1)).toMatchObject({ id: 'x', error: { message: 'The request was cancelled.' } });
  await answer(1, { result: {} });
  expect([rounds().length, call.isOver(), bridge.bridge.openStreams]).toEqual([1, true, 0]);
});

test('a server that crashes while the client is asked fails the call once the client has answered', async () => {
  const { require, child, answer, error, call } = await open();
  require({ a: ASK });
  child.end();
  expect(call.isOver()).toBe(false);
  await answer(1, { result: {} });
  expect(error()).toMatchObject({ code: -32603, message: 'The server has ended. Call the tool again.' });
});

test('progress of the call reaches the client', async () => {
  const bridge = openBridge({ answers: MODERN });
  const session = await bridge.connect();
  const call = await session.post({ id: 1, method: 'tools/call', params: { _meta: { progressToken: 'p' } } });
  const sent = bridge.child().ofMethod('tools/call')[0];
  bridge.child().say({ method: 'notifications/progress', params: { progressToken: sent?.['id'], progress: 1 } });
  expect(call.events()).toMatchObject([{ params: { progressToken: 'p' } }]);
});

test('a question of a call that was given up is no longer open, and does not let a later call fall asleep', async () => {
  const { require, session, bridge } = await open();
  require({ a: ASK });
  await session.post({ method: 'notifications/cancelled', params: { requestId: 'x' } });
  bridge.clock.now = 6 * 60_000;
  await session.post({ id: 'y', method: 'tools/call', params: { name: 't' } });
  expect(bridge.bridge.work).toBe(2);
});
