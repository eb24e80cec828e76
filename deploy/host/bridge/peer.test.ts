import { expect, test } from 'vitest';
import { hostFailure } from '../failure.ts';
import { keepEarly } from './early-messages.ts';
import { envelopeOf, peerOf, replyOf, sessionOf } from './parts.testing.ts';

const FAILURE = hostFailure('CRASHED', 'The server has ended.', { retryable: true });
const EXIT = { code: 1, signal: null, requested: false };
const ask = (id: unknown, params: object = {}) => envelopeOf({ id, method: 'tools/call', params });
const parsed = (texts: string[]) => texts.map((text) => JSON.parse(text));

test('gives each call a number of its own, and each answer the id of its client', () => {
  const { peer, sent } = peerOf();
  const [one, other] = [replyOf(), replyOf()];
  peer.call(sessionOf(), one, ask('x'));
  peer.call(sessionOf(), other, ask('x', { _meta: { progressToken: 'mine' } }));
  expect(parsed(sent)).toMatchObject([{ id: 1 }, { id: 2, params: { _meta: { progressToken: 2 } } }]);
  peer.receive('{"jsonrpc":"2.0","id":2,"result":{"a":1.0}}');
  peer.receive('{"jsonrpc":"2.0","id":"1","result":{}}');
  expect(other.answers).toEqual(['{"jsonrpc":"2.0","id":"x","result":{"a":1.0}}']);
  expect(one.answers).toEqual(['{"jsonrpc":"2.0","id":"x","result":{}}']);
  expect(peer.pending.size).toBe(0);
});

test('a late answer is dropped, and one to an id that was never sent is output', () => {
  const { peer, noise } = peerOf();
  peer.call(sessionOf(), replyOf(), ask(1));
  peer.receive('{"jsonrpc":"2.0","id":1,"result":{}}');
  peer.receive('{"jsonrpc":"2.0","id":1,"result":{}}');
  expect(noise).toEqual([]);
  peer.receive('{"jsonrpc":"2.0","id":2,"result":{}}');
  peer.receive('ready');
  expect(noise).toEqual(['{"jsonrpc":"2.0","id":2,"result":{}}', 'ready']);
});

test('remembers when it was last used: at a call and at its answer', () => {
  let now = 1;
  const { peer } = peerOf({ clock: () => now });
  expect([peer.lastUsed, peer.now]).toEqual([1, 1]);
  now = 2;
  peer.call(sessionOf(), replyOf(), ask(1));
  expect(peer.lastUsed).toBe(2);
  now = 3;
  peer.receive('{"jsonrpc":"2.0","id":1,"result":{}}');
  expect(peer.lastUsed).toBe(3);
});

test('reports each answered call of a client once', () => {
  const answered: string[] = [];
  const { peer } = peerOf({
    events: { onMessage: () => {}, onNoise: () => {}, onAnswered: ({ method }) => answered.push(method) },
  });
  peer.call(sessionOf(), replyOf(), ask(1));
  void peer.ask('{"jsonrpc":"2.0","id":0,"method":"ping"}', new AbortController().signal);
  peer.receive('[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"result":{}}]');
  expect(answered).toEqual(['tools/call']);
});

test('messages of the child itself are passed on, each of a batch', () => {
  const { peer, received } = peerOf();
  peer.receive('[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","id":1,"method":"b"}]');
  expect(received.map(({ method }) => method)).toEqual(['a', 'b']);
});

test('keeps 32 early messages, none of them above 64 kB', () => {
  const { peer } = peerOf();
  expect(keepEarly(peer.early, 'x'.repeat(64 * 1024 + 1))).toBe(false);
  expect(keepEarly(peer.early, 'x'.repeat(64 * 1024))).toBe(true);
  for (let index = 1; index < 32; index += 1) expect(keepEarly(peer.early, 'x')).toBe(true);
  expect(keepEarly(peer.early, 'x')).toBe(false);
  expect(peer.early).toHaveLength(32);
});

test('is overloaded above 64 MB that the child has not read', () => {
  const { peer } = peerOf();
  const buffering = (bufferedBytes: number) =>
    peer.attach({ pid: 1, exited: new Promise(() => {}), bufferedBytes, send: () => {}, stop: async () => {} });
  buffering(64 * 1024 * 1024);
  expect(peer.overloaded).toBe(false);
  buffering(64 * 1024 * 1024 + 1);
  expect(peer.overloaded).toBe(true);
});

test('counts the calls under way, without subscriptions of the bridge', () => {
  const { peer } = peerOf();
  peer.listen('{"jsonrpc":"2.0","id":0,"method":"subscriptions/listen"}', replyOf());
  expect(peer.inFlight).toBe(0);
  peer.call(sessionOf(), replyOf(), envelopeOf({ id: 1, method: 'subscriptions/listen' }));
  void peer.ask('{"jsonrpc":"2.0","id":0,"method":"ping"}', new AbortController().signal);
  expect(peer.inFlight).toBe(2);
});

test('a request of the bridge is answered, fails with the child, or is given up', async () => {
  const { peer } = peerOf();
  const message = '{"jsonrpc":"2.0","id":0,"method":"ping"}';
  const { signal } = new AbortController();
  const answered = peer.ask(message, signal);
  peer.receive('{"jsonrpc":"2.0","id":1,"result":{"a":1}}');
  expect((await answered).result).not.toBeNull();
  const giveUp = new AbortController();
  const givenUp = peer.ask(message, giveUp.signal);
  giveUp.abort(new Error('Too slow.'));
  await expect(givenUp).rejects.toThrow('Too slow.');
  expect(peer.pending.size).toBe(0);
  const lost = peer.ask(message, signal);
  peer.end(EXIT, FAILURE);
  await expect(lost).rejects.toMatchObject({ failure: FAILURE });
  await expect(peer.ask(message, signal)).rejects.toMatchObject({ failure: { code: 'CRASHED', retryable: true } });
  expect(() => peer.ask('no message', signal)).toThrow(TypeError);
  expect(() => peer.listen('no message', replyOf())).toThrow(TypeError);
});

test('the end of the child answers all calls, and sessions go on without it unless it was asked to end', () => {
  const { peer } = peerOf();
  const session = sessionOf();
  session.peer = peer;
  peer.sessions.add(session);
  const reply = replyOf();
  peer.call(session, reply, ask('x'));
  peer.end(EXIT, FAILURE);
  expect(parsed(reply.answers)).toEqual([
    { jsonrpc: '2.0', id: 'x', error: { code: -32000, message: FAILURE.message, data: FAILURE } },
  ]);
  expect([peer.ended, peer.pending.size, session.peer, peer.sessions.size]).toEqual([true, 0, null, 1]);
  peer.end({ ...EXIT, requested: true }, FAILURE);
  expect(peer.sessions.size).toBe(0);
});

test('cancels the calls that match, with the number and the reason', () => {
  const { peer, sent } = peerOf();
  peer.call(sessionOf(), replyOf(), ask('x'));
  peer.call(sessionOf(), replyOf(), ask('y'));
  sent.length = 0;
  peer.cancelCalls(({ clientId }) => clientId === '"y"', 'The client left.');
  expect(parsed(sent)).toEqual([
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2, reason: 'The client left.' } },
  ]);
  expect([...peer.pending.keys()]).toEqual([1]);
});

test('finds a call of a client by its session and id', () => {
  const { peer } = peerOf();
  const [one, other] = [sessionOf(), sessionOf()];
  peer.call(one, replyOf(), ask('x'));
  peer.call(other, replyOf(), ask('x'));
  expect(peer.findClientCall(other, '"x"')?.id).toBe(2);
  expect(peer.findClientCall(other, '"y"')).toBeNull();
  expect(peer.findCall('"1"')?.session).toBe(one);
  expect(peer.findCall('3')).toBeNull();
});

test('a call whose answer is too long gets an error, once', () => {
  const { peer, noise } = peerOf();
  const reply = replyOf();
  peer.call(sessionOf(), reply, ask('x'));
  peer.receiveLong({ head: '{"jsonrpc":"2.0","id":1,"result":{"a":"', tail: null, bytes: 99 });
  peer.receiveLong({ head: '{"jsonrpc":"2.0","id":1,"result":{"a":"', tail: '"}}', bytes: 200 });
  expect(parsed(reply.answers)).toMatchObject([{ id: 'x', error: { code: -32000 } }]);
  expect(reply.answers[0]).toContain('more than 99 bytes');
  expect(noise).toEqual([]);
});

test('a long line that answers no call is reported when it ends', () => {
  const { peer, noise } = peerOf();
  peer.receiveLong({ head: 'xxx', tail: null, bytes: 99 });
  expect(noise).toEqual([]);
  peer.receiveLong({ head: 'xxx', tail: 'xxx', bytes: 200 });
  expect(noise).toEqual(['A line of 200 bytes was dropped.']);
});

test('in the modern era, an answer has the HTTP status of its error', () => {
  const { peer } = peerOf({ era: 'modern' });
  const statuses: (number | undefined)[] = [];
  const reply = { ...replyOf(), answer: (_: string, __: number, status?: number) => void statuses.push(status) };
  for (const error of [{ code: -32601 }, { code: -32602 }]) {
    const id = peer.call(sessionOf(), reply, ask('x'));
    peer.receive(JSON.stringify({ jsonrpc: '2.0', id, error: { ...error, message: '' } }));
  }
  expect(statuses).toEqual([404, 200]);
});
