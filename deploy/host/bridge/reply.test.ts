import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { type SessionOptions, sessionOf } from './parts.testing.ts';
import { Reply, type ReplyOptions } from './reply.ts';

function open(options: Partial<ReplyOptions> = {}, ofSession: SessionOptions = {}) {
  const session = sessionOf({ clock: () => 5, ...ofSession });
  const client = responseOf({ headers: { 'catwalk-request-id': 'r-1' } });
  const reply = new Reply({ session, outstanding: 1, now: 1, primed: false, ...options, response: client.response });
  session.replies.add(reply);
  let left = 0;
  reply.onGone = () => {
    left += 1;
  };
  return { session, reply, left: () => left, ...client };
}

test('a call that needs only its answer gets JSON', () => {
  const { reply, session, head, body, response } = open();
  expect([reply.live, reply.connected, reply.requestId, reply.startedAt]).toEqual([true, true, 'r-1', 1]);
  reply.answer('{"a":1}', 2, 404);
  expect([response.statusCode, body(), response.writableEnded]).toEqual([404, '{"a":1}', true]);
  for (const line of ['content-type: application/json', 'content-length: 7']) expect(head()).toContain(line);
  expect([reply.live, session.replies.size, reply.stream]).toEqual([false, 0, null]);
});

test('the answer to a batch of one is a batch', () => {
  const { reply, body } = open({ isBatch: true });
  reply.answer('{}', 2);
  expect(body()).toBe('[{}]');
});

test('another message before the answer makes it a stream, which the answer ends', () => {
  const { reply, session, head, body, response } = open();
  reply.send('1', 2);
  expect(head()).toContain('content-type: text/event-stream');
  reply.answer('2', 3);
  expect(body()).toBe(':\n\nid: 1_1\ndata: 1\n\nid: 1_2\ndata: 2\n\n');
  expect([response.writableEnded, session.replies.size, reply.stream?.idleSince]).toEqual([true, 0, 3]);
});

test('several requests in one POST are answered in a stream, which ends with the last answer', () => {
  const { reply, response, session } = open({ outstanding: 2 });
  reply.answer('1', 2);
  expect([reply.stream?.connected, response.writableEnded, session.replies.size]).toEqual([true, false, 1]);
  reply.answer('2', 3);
  expect([response.writableEnded, session.replies.size]).toEqual([true, 0]);
});

test('a client that resumes is primed, and one of another dialect is not', () => {
  const primed = open({ primed: true });
  primed.reply.openStream(0);
  expect(primed.body()).toContain('retry: 1000');
  const plain = open({ primed: true }, { dialect: 'plain' });
  plain.reply.openStream(0);
  expect(plain.body()).toBe(':\n\n');
});

test('opens its stream once', () => {
  const { reply, session } = open();
  expect(reply.openStream(0)).toBe(reply.openStream(1));
  expect([...session.streams]).toHaveLength(1);
});

test('a client that leaves before anything was sent loses the answer', () => {
  const { reply, session, response, left, body } = open();
  response.emit('close');
  expect([reply.lost, reply.live, reply.connected, session.replies.size, left()]).toEqual([true, false, false, 0, 1]);
  expect(reply.openStream(2)).toBeNull();
  reply.send('1', 2);
  reply.answer('2', 3);
  reply.onSessionEnd(4);
  expect(body()).toBe('');
});

test('a client that leaves a stream can come back, except where the dialect has no resuming', () => {
  const resumable = open();
  resumable.reply.openStream(0);
  resumable.response.emit('close');
  const { reply } = resumable;
  expect([reply.lost, reply.live, reply.connected, resumable.left()]).toEqual([false, true, false, 1]);
  expect([resumable.session.replies.size, reply.stream?.idleSince]).toEqual([1, 5]);
  const plain = open({}, { dialect: 'plain' });
  plain.reply.openStream(0);
  plain.response.emit('close');
  expect([plain.reply.lost, plain.session.replies.size]).toEqual([true, 0]);
});

test('a connection that closes after the answer changes nothing', () => {
  const { reply, response, left } = open();
  reply.answer('1', 2);
  response.emit('close');
  expect([reply.lost, left()]).toEqual([false, 0]);
});

test('the end of the session ends the call under its id: with 404, or with the end of its stream', () => {
  const plain = open({ id: '7' });
  plain.reply.onSessionEnd(3);
  expect([plain.response.statusCode, plain.response.writableEnded, plain.reply.live]).toEqual([404, true, false]);
  expect(JSON.parse(plain.body())).toMatchObject({ id: 7, error: { code: -32001 } });
  const stream = open({ id: '"x"' });
  stream.reply.openStream(0);
  stream.reply.onSessionEnd(3);
  expect([stream.response.writableEnded, stream.reply.stream?.idleSince]).toEqual([true, 3]);
  expect(stream.body()).toContain('"id":"x","error":{"code":-32001');
  const batch = open();
  batch.reply.openStream(0);
  batch.reply.onSessionEnd(3);
  expect(batch.body()).not.toContain('error');
});
