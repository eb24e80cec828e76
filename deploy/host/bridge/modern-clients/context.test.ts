import { beforeEach, expect, test } from 'vitest';
import type { CallReply } from '../call.ts';
import { envelopeOf, peerOf, replyOf } from '../parts.testing.ts';
import type { SessionPeer } from '../session.ts';
import { contextOf } from './context.testing.ts';
import type { ModernContext } from './context.ts';
import { createParkedCalls } from './parked-calls.ts';
import { PendingCall } from './pending-call.ts';
import { createRequestStates } from './request-state.ts';

let context: ModernContext;
let child: ReturnType<typeof peerOf>;

beforeEach(() => {
  context = contextOf();
  child = peerOf();
});

const call = (options: { peer?: SessionPeer; reply?: CallReply; logRank?: number } = {}) => {
  const pending = new PendingCall(
    { parked: createParkedCalls(), states: createRequestStates('m') },
    {
      peer: options.peer ?? child.peer,
      context,
      principal: 'a',
      method: 'tools/call',
      params: {},
      capabilities: { elicitation: {} },
      waiting: { reply: options.reply ?? replyOf(), clientId: '1', token: null, logRank: options.logRank ?? -1 },
    },
  );
  pending.start(envelopeOf({ id: 1, method: 'tools/call', params: {} }));
  return pending;
};

const ask = (method = 'elicitation/create', id = 'q') =>
  context.ask(child.peer, envelopeOf({ id, method, params: { message: '?' } }));

test('a question is for the newest call that waits and was not asked, not for one that was', () => {
  const [older, newest] = [call(), call()];
  ask();
  expect([older.isUnasked, newest.isUnasked]).toEqual([true, false]);
  ask();
  expect(older.isUnasked).toBe(false);
});

test('when all calls that wait were asked, the newest is asked again', () => {
  const [older, newest] = [call(), call()];
  for (const id of ['a', 'b', 'c']) ask('elicitation/create', id);
  older.take(envelopeOf({ id: 1, result: {} }), 0);
  expect(newest.characters).toBeGreaterThan(older.characters);
});

test('a call whose client does not read is asked only if no other waits', () => {
  const deaf = call({ reply: replyOf(false) });
  ask();
  expect(deaf.characters).toBeGreaterThan(0);
  const waits = call();
  call({ reply: replyOf(false) });
  ask();
  expect(waits.isUnasked).toBe(false);
});

test('a question is never for a call at another child', () => {
  const other = call({ peer: peerOf().peer });
  ask();
  expect(other.isUnasked).toBe(true);
  expect(child.sent.at(-1)).toContain('"id":"q","error"');
});

test('a call that was answered takes no question, and neither does a context without calls', () => {
  const answered = call();
  answered.take(envelopeOf({ id: 1, result: {} }), 0);
  child.sent.length = 0;
  ask();
  expect(child.sent).toEqual([expect.stringContaining('No call is under way')]);
});

test('the host answers a ping, and refuses requests that no client of the modern era can be asked', () => {
  const waits = call();
  child.sent.length = 0;
  ask('ping');
  ask('made/up');
  expect(child.sent.map((text) => JSON.parse(text))).toEqual([
    { jsonrpc: '2.0', id: 'q', result: {} },
    { jsonrpc: '2.0', id: 'q', error: { code: -32601, message: 'Method not found: made/up' } },
  ]);
  expect(waits.isUnasked).toBe(true);
});

test('a log message reaches the calls that ask for its level, and no other message does', () => {
  const replies = [replyOf(), replyOf(), replyOf()];
  for (const [index, logRank] of [-1, 1, 4].entries()) call({ reply: replies[index] ?? replyOf(), logRank });
  const send = (message: object) => context.deliver(JSON.stringify({ jsonrpc: '2.0', ...message }));
  send({ method: 'notifications/message', params: { level: 'info', data: 'i' } });
  send({ method: 'notifications/message', params: { level: 'error', data: 'e' } });
  send({ method: 'notifications/made_up', params: { level: 'error' } });
  expect(replies.map(({ sent }) => sent.length)).toEqual([0, 2, 1]);
});

test('the end of its own child ends its streams, and that of another child does not', () => {
  const ended: number[] = [];
  context.listeners.endAll = (now) => void ended.push(now);
  context.peer = child.peer;
  context.onChildEnd(peerOf().peer);
  expect([ended, context.peer]).toEqual([[], child.peer]);
  context.onChildEnd(child.peer);
  expect([ended, context.peer]).toEqual([[0], null]);
});
