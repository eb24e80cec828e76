import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hostFailure } from '../failure.ts';
import { peerOf } from './parts.testing.ts';
import { anyChildAnswers, endSilentChildren } from './silent-children.ts';

const ANSWER_MS = 3_000;

/** The limits of the questions, in the order in which they were asked. */
let limits: AbortController[] = [];
beforeEach(() => {
  limits = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    expect(milliseconds).toBe(ANSWER_MS);
    const limit = new AbortController();
    limits.push(limit);
    return limit.signal;
  });
});
afterEach(() => void vi.restoreAllMocks());

const logged: string[] = [];
const end = (...children: ReturnType<typeof peerOf>[]) =>
  endSilentChildren(
    children.map(({ peer }) => peer),
    { log: (text) => logged.push(text) },
  );

test('a child that does not answer within three seconds is ended, and its calls learn the reason', async () => {
  const child = peerOf({ pid: 7 });
  const ended = end(child);
  expect(child.sent).toEqual([expect.stringContaining('"method":"ping"')]);
  limits[0]?.abort(new Error('Too late.'));
  expect(await ended).toBe(1);
  expect([child.stops, child.peer.endedFor]).toEqual([
    1,
    expect.objectContaining({ code: 'CRASHED', retryable: true }),
  ]);
  expect(logged.at(-1)).toContain('process 7');
});

test.each(['"result":{}', '"error":{"code":-32601,"message":"no"}'])(
  'a child that answers %s stays',
  async (answer) => {
    const child = peerOf();
    const ended = end(child);
    child.peer.receive(`{"jsonrpc":"2.0","id":1,${answer}}`);
    expect(await ended).toBe(0);
    expect([child.stops, child.peer.endedFor]).toEqual([0, null]);
  },
);

test('a child of the modern era, which has no ping, is asked to describe itself', async () => {
  const child = peerOf({ era: 'modern' });
  const ended = end(child);
  expect(child.sent[0]).toContain('"method":"server/discover"');
  child.peer.receive('{"jsonrpc":"2.0","id":1,"result":{}}');
  expect(await ended).toBe(0);
});

test('children that have not served yet, or have ended, are not asked', async () => {
  const [starting, gone] = [peerOf(), peerOf()];
  starting.peer.serving = false;
  gone.peer.ended = true;
  expect(await end(starting, gone)).toBe(0);
  expect([starting.sent, gone.sent]).toEqual([[], []]);
});

test('a child that ends by itself while it is asked is not ended again', async () => {
  const crashes = peerOf();
  const crashed = end(crashes);
  crashes.peer.end({ code: 1, signal: null, requested: false }, hostFailure('CRASHED', 'It ended.'));
  expect([await crashed, crashes.stops]).toEqual([0, 0]);
  const late = peerOf();
  const asked = end(late);
  late.peer.ended = true;
  limits.at(-1)?.abort(new Error('Too late.'));
  expect([await asked, late.stops]).toEqual([0, 0]);
});

test('each silent child is ended, and those that answer beside them stay', async () => {
  const [silent, answers, other] = [peerOf(), peerOf(), peerOf()];
  const ended = end(silent, answers, other);
  answers.peer.receive('{"jsonrpc":"2.0","id":1,"result":{}}');
  for (const at of [0, 2]) limits[at]?.abort(new Error('Too late.'));
  expect(await ended).toBe(2);
  expect([silent.stops, answers.stops, other.stops]).toEqual([1, 0, 1]);
});

test('a server answers with the first of its children, and is silent when none of them answers in time', async () => {
  const children = [peerOf(), peerOf({ era: 'modern' })];
  const peers = children.map(({ peer }) => peer);
  const answered = anyChildAnswers(peers);
  children[1]?.peer.receive('{"jsonrpc":"2.0","id":1,"result":{}}');
  expect(await answered).toBe(true);
  const silent = anyChildAnswers(peers);
  for (const limit of limits) limit.abort(new Error('Too late.'));
  expect(await silent).toBe(false);
  expect(await anyChildAnswers([])).toBeNull();
});
