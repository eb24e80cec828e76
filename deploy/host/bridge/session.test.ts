import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { envelopeOf, peerOf, replyOf, sessionOf } from './parts.testing.ts';
import { Reply } from './reply.ts';
import { type OpenReply, type Session, subscriptionKey } from './session.ts';

const STREAMS_MAX = 32;

const openReply = (session: Session, changes: Partial<OpenReply> = {}): OpenReply & { sent: string[] } => {
  const reply = Object.assign(replyOf(), {
    startedAt: 0,
    listens: false,
    connected: true,
    stream: null,
    openStream: () => null,
    onSessionEnd: () => {},
    ...changes,
  });
  session.replies.add(reply);
  return reply;
};

const idOf = (text: string | undefined): unknown => JSON.parse(text ?? '{}').id;

test('finds the stream of GET under its own name, and the streams of calls in their order', () => {
  const session = sessionOf();
  const first = session.openStream();
  const second = session.openStream();
  expect([first.name, second.name]).toEqual(['1', '2']);
  expect(session.findStream('0')).toBe(session.standalone);
  expect(session.findStream('2')).toBe(second);
  expect(session.findStream('3')).toBeNull();
});

test('above 32 streams it forgets the oldest one that has ended, and none that goes on', () => {
  const session = sessionOf();
  const streams = Array.from({ length: STREAMS_MAX }, () => session.openStream());
  streams[1]?.end(0);
  streams[2]?.end(0);
  expect([...session.streams]).toHaveLength(STREAMS_MAX);
  session.openStream();
  const names = [...session.streams].map(({ name }) => name);
  expect(names).toHaveLength(STREAMS_MAX);
  expect(names).not.toContain('2');
  expect(names).toContain('1');
  expect(names).toContain('3');
});

test('keeps an ended stream for its client until the given time, and forgets other dialects at once', () => {
  const resumable = sessionOf();
  resumable.openStream().end(10);
  resumable.openStream();
  resumable.forgetStreams(9);
  expect([...resumable.streams].map(({ name }) => name)).toEqual(['1', '2']);
  resumable.forgetStreams(10);
  expect([...resumable.streams].map(({ name }) => name)).toEqual(['2']);

  const plain = sessionOf({ dialect: 'plain' });
  plain.openStream().end(10);
  plain.openStream();
  plain.forgetStreams(0);
  expect([...plain.streams].map(({ name }) => name)).toEqual(['2']);
});

test('counts the bytes of all its streams', () => {
  const session = sessionOf();
  session.standalone.send('x'.repeat(100), 0);
  const alone = session.bufferedBytes;
  session.openStream().send('x'.repeat(100), 0);
  expect(alone).toBeGreaterThan(100);
  expect(session.bufferedBytes).toBe(2 * alone);
});

test('a question of the child gets an id of the session, and its answer the id of the child', () => {
  const session = sessionOf();
  const { peer, sent } = peerOf();
  const reply = openReply(session);
  session.ask(peer, envelopeOf({ id: 'q', method: 'roots/list' }));
  session.ask(peer, envelopeOf({ id: 'r', method: 'roots/list' }));
  expect(reply.sent.map(idOf)).toEqual([1, 2]);
  session.asked.get('1')?.onAnswer(envelopeOf({ id: 1, result: {} }));
  expect(sent.map(idOf)).toEqual(['q']);
});

test('asks nothing on behalf of a notification', () => {
  const session = sessionOf();
  const reply = openReply(session);
  session.ask(peerOf().peer, envelopeOf({ method: 'notifications/progress' }));
  expect([session.asked.size, reply.sent]).toEqual([0, []]);
});

test('the child takes back its own question only, under the id that the client knows', () => {
  const session = sessionOf();
  const [one, other] = [peerOf(), peerOf()];
  const reply = openReply(session);
  session.ask(one.peer, envelopeOf({ id: 7, method: 'roots/list' }));
  session.ask(other.peer, envelopeOf({ id: 7, method: 'roots/list' }));
  reply.sent.length = 0;
  const text = '{"params":{"requestId":7}}';
  session.withdraw(one.peer, '8', { text, at: { start: 23, end: 24 } });
  expect(reply.sent).toEqual([]);
  session.withdraw(other.peer, '7', { text, at: { start: 23, end: 24 } });
  expect(reply.sent).toEqual(['{"params":{"requestId":2}}']);
  expect([...session.asked.keys()]).toEqual(['1']);
});

test('the end of a child drops its questions, and keeps those of others and those that the bridge made', () => {
  const session = sessionOf();
  const [one, other] = [peerOf().peer, peerOf().peer];
  session.peer = one;
  session.ask(one, envelopeOf({ id: 1, method: 'roots/list' }));
  session.ask(other, envelopeOf({ id: 1, method: 'roots/list' }));
  session.expectAnswer({ peer: one, id: null, onAnswer: () => {} });
  session.onChildEnd(other);
  expect(session.peer).toBe(one);
  expect([...session.asked.keys()]).toEqual(['1', '3']);
  session.onChildEnd(one);
  expect(session.peer).toBeNull();
  expect([...session.asked.keys()]).toEqual(['3']);
});

test('lists its subscriptions, and takes no other remembered request for one', () => {
  const session = sessionOf();
  session.remembered.set('logging/setLevel', '{}');
  session.remembered.set(subscriptionKey('"file:///a"'), '{}');
  expect(session.subscribedUris).toEqual(['"file:///a"']);
  expect([session.subscribes('"file:///a"'), session.subscribes('"file:///b"')]).toEqual([true, false]);
});

test('delivers to the newest call whose client reads, or else to the stream of GET', () => {
  const session = sessionOf();
  const first = openReply(session);
  const second = openReply(session);
  const gone = openReply(session, { live: false });
  session.deliver('1');
  session.announce('2');
  expect([first.sent, second.sent, gone.sent]).toEqual([[], ['1'], []]);
  session.replies.clear();
  session.deliver('3');
  const client = responseOf();
  session.standalone.connect(client.response, { now: 0, primed: false });
  expect(client.body()).toBe(':\n\nid: 0_1\ndata: 2\n\nid: 0_2\ndata: 3\n\n');
});

test('is busy while a client is on the line, with a call or with the stream of GET', () => {
  const session = sessionOf();
  expect([session.busy, session.openStreams]).toEqual([false, 0]);
  openReply(session, { connected: false });
  expect(session.busy).toBe(false);
  const client = responseOf();
  session.standalone.connect(client.response, { now: 0, primed: false });
  expect([session.busy, session.openStreams]).toEqual([true, 1]);
  openReply(session);
  expect(session.openStreams).toBe(2);
});

test('a call that became a stream is on the line until its connection ends', () => {
  const session = sessionOf();
  const { response } = responseOf();
  const reply = new Reply({ response, session, outstanding: 1, now: 0, primed: false });
  session.replies.add(reply);
  reply.openStream(0);
  expect(session.openStreams).toBe(1);
  response.emit('close');
  expect([session.openStreams, session.replies.size]).toEqual([0, 1]);
});
