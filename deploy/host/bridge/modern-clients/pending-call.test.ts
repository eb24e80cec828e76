import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CallReply } from '../call.ts';
import { scan } from '../json-rpc.ts';
import { Peer } from '../peer.ts';
import type { Session, SessionPeer } from '../session.ts';
import { contextOf } from './context.testing.ts';
import type { ModernContext } from './context.ts';
import { createParkedCalls, type ParkedCalls } from './parked-calls.ts';
import { PendingCall } from './pending-call.ts';
import { createRequestStates } from './request-state.ts';

const MINUTE_MS = 60_000;

let now = 0;
let sent: string[] = [];
let answers: string[] = [];
let peer: SessionPeer;
let context: ModernContext;
let parked: ParkedCalls;

beforeEach(() => {
  vi.useFakeTimers();
  now = 0;
  sent = [];
  answers = [];
  const workspace = {
    owner: null,
    command: { command: '', args: [], cwd: '', env: {} },
    used: true,
    children: 1,
    lastUsed: 0,
  };
  const exited = new Promise<never>(() => {});
  peer = new Peer<Session>({
    era: 'legacy',
    workspace,
    shareKey: 'k',
    principal: 'a',
    clock: () => now,
    events: { onMessage: (_, envelope) => context.ask(peer, envelope), onNoise: () => {}, onAnswered: () => {} },
  });
  peer.attach({ pid: 1, exited, bufferedBytes: 0, send: (text) => sent.push(text), stop: async () => {} });
  context = contextOf(() => now);
  parked = createParkedCalls();
});
afterEach(() => void vi.useRealTimers());

const recording: CallReply = { live: true, requestId: null, send: () => {}, answer: (text) => answers.push(text) };

const call = (principal = 'a'): PendingCall => {
  const pending = new PendingCall(
    { parked, states: createRequestStates('m') },
    {
      peer,
      context,
      principal,
      method: 'tools/call',
      params: {},
      capabilities: { elicitation: {} },
      waiting: { reply: recording, clientId: '"x"', token: null, logRank: -1 },
    },
  );
  const request = scan('{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{}}');
  if (request) pending.start(request);
  return pending;
};

/** The child asks in the middle of its newest call, and the client is sent away. */
const askAndPark = (id = 900, message = '?') => {
  peer.receive(`{"jsonrpc":"2.0","id":${id},"method":"elicitation/create","params":{"message":"${message}"}}`);
  vi.runAllTimers();
};

test('a parked call keeps its machine awake for 5 minutes, and its child for as long as it is parked', () => {
  call();
  askAndPark();
  expect(answers[0]).toContain('"input_required"');
  expect([context.openStreams, context.busy]).toEqual([1, true]);
  now = 5 * MINUTE_MS - 1;
  expect([context.openStreams, context.forgottenCalls]).toEqual([1, 0]);
  now = 5 * MINUTE_MS;
  expect([context.openStreams, context.forgottenCalls, context.busy, peer.inFlight]).toEqual([0, 1, true, 1]);
});

test('a client that does not come back within 10 minutes loses its call, and the child is notified', () => {
  const pending = call();
  askAndPark();
  const { round } = pending;
  now = 10 * MINUTE_MS - 1;
  parked.endForgotten(now);
  expect(parked.find(pending.key, round, 'a')).toBe(pending);
  now += 1;
  parked.endForgotten(now);
  expect(parked.find(pending.key, round, 'a')).toBeNull();
  expect([parked.size, context.calls.size, peer.inFlight]).toEqual([0, 0, 0]);
  expect(sent.slice(-2).map((text) => JSON.parse(text))).toEqual([
    expect.objectContaining({ method: 'notifications/cancelled', params: expect.objectContaining({ requestId: 1 }) }),
    expect.objectContaining({ id: 900, error: expect.anything() }),
  ]);
});

test('an answer that comes while the client is away is given to its next round', () => {
  const pending = call();
  askAndPark();
  peer.receive('{"jsonrpc":"2.0","id":1,"result":{"content":[]}}');
  pending.resume({ reply: recording, clientId: '2', token: null, logRank: -1 }, {});
  expect(JSON.parse(answers[1] ?? '')).toEqual({
    jsonrpc: '2.0',
    id: 2,
    result: { resultType: 'complete', content: [] },
  });
});

test('a question that the child withdraws is not asked again', () => {
  const pending = call();
  askAndPark();
  context.withdraw(peer, '900');
  pending.resume({ reply: recording, clientId: '2', token: null, logRank: -1 }, {});
  vi.runAllTimers();
  expect(answers).toHaveLength(1);
});

test('each principal may park 1,000 calls; the oldest give way, and those of others stay', () => {
  const other = call('b');
  askAndPark(1);
  const first = call();
  askAndPark(2);
  for (let count = 1; count <= 1_000; count += 1) {
    call();
    askAndPark(count + 2);
  }
  expect(parked.size).toBe(1_001);
  expect(parked.find(first.key, first.round, 'a')).toBeNull();
  expect(parked.find(other.key, other.round, 'b')).toBe(other);
});

test('a principal may park 16 MB of questions, and one call 256 kB', () => {
  for (let count = 0; count < 80; count += 1) {
    call();
    askAndPark(count, 'x'.repeat(250_000));
  }
  expect(parked.size).toBeLessThanOrEqual(67);
  expect(parked.size).toBeGreaterThan(60);
  askAndPark(900, 'x'.repeat(260_000));
  expect(sent.at(-1)).toContain('"id":900,"error"');
});

test('answers that come while clients are away count as memory of their principal', () => {
  const calls = Array.from({ length: 40 }, (_, index) => {
    const pending = call();
    askAndPark(index);
    return pending;
  });
  for (const pending of calls) pending.answer(`{"jsonrpc":"2.0","id":1,"result":"${'x'.repeat(900_000)}"}`, now);
  expect(calls.reduce((sum, { key, round }) => sum + (parked.find(key, round, 'a')?.characters ?? 0), 0)).toBeLessThan(
    17 * 1024 * 1024,
  );
  expect(parked.size).toBeGreaterThan(15);
});

test('messages of a call that is parked have no reader, and the next round takes the token of its own request', () => {
  const streamed: string[] = [];
  const reply: CallReply = { ...recording, send: (text) => streamed.push(text) };
  const pending = call();
  askAndPark();
  pending.send('lost', now);
  pending.resume({ reply, clientId: '2', token: '"mine"', logRank: 1 }, {});
  expect(peer.pending.get(1)?.token).toBe('"mine"');
  context.deliver('{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"debug"}}');
  context.deliver('{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info"}}');
  expect(streamed).toHaveLength(1);
});

test('of calls that ask at the same time, each goes on with a question', () => {
  const calls = [call(), call(), call()];
  for (const id of [901, 902, 903])
    peer.receive(`{"jsonrpc":"2.0","id":${id},"method":"elicitation/create","params":{"message":"?"}}`);
  vi.runAllTimers();
  expect(calls.map(({ parkedAt }) => parkedAt)).toEqual([0, 0, 0]);
});

test('a client that was asked is not asked again when its call is answered first: its response still goes to the child', () => {
  const other = call();
  const newest = call();
  askAndPark(901);
  peer.receive('{"jsonrpc":"2.0","id":2,"result":{"content":[]}}');
  vi.runAllTimers();
  expect(answers).toHaveLength(1);
  newest.resume(
    { reply: recording, clientId: '"y"', token: null, logRank: -1 },
    { elicitation_1: { action: 'decline' } },
  );
  expect(sent.at(-1)).toBe('{"jsonrpc":"2.0","id":901,"result":{"action":"decline"}}');
  expect(answers[1]).toContain('"id":"y"');
  expect(other.canAsk).toBe(true);
});

test('a question that no client was asked yet moves to another call when its own is answered', () => {
  call();
  call();
  peer.receive('{"jsonrpc":"2.0","id":901,"method":"elicitation/create","params":{"message":"?"}}');
  peer.receive('{"jsonrpc":"2.0","id":2,"result":{"content":[]}}');
  vi.runAllTimers();
  expect(answers).toHaveLength(2);
  expect(answers[1]).toContain('"input_required"');
  expect(sent.filter((text) => text.includes('901'))).toEqual([]);
});

test('a question whose client does not come back moves to another call of its principal', () => {
  call();
  call();
  askAndPark(901);
  peer.receive('{"jsonrpc":"2.0","id":2,"result":{"content":[]}}');
  now += 10 * MINUTE_MS;
  parked.endForgotten(now);
  vi.runAllTimers();
  expect(answers).toHaveLength(2);
  expect(answers[1]).toContain('"input_required"');
});

test('a question never moves to a call of another principal', () => {
  call('a');
  askAndPark(901);
  call('b');
  peer.receive('{"jsonrpc":"2.0","id":1,"result":{"content":[]}}');
  now += 10 * MINUTE_MS;
  parked.endForgotten(now);
  vi.runAllTimers();
  expect(answers).toHaveLength(1);
  expect(sent.at(-1)).toContain('"id":901,"error"');
});

test('a context whose child is being started is in use', () => {
  expect(context.busy).toBe(false);
  context.starting += 1;
  expect(context.busy).toBe(true);
});
