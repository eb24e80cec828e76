import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { EventStream } from './event-stream.ts';

const MEGABYTE = 1024 * 1024;
const KEPT_EVENTS = 1_000;

const idsIn = (body: string): number[] => [...body.matchAll(/^id: \d+_(\d+)$/gm)].map(([, number]) => Number(number));
const connected = (stream: EventStream, options: { after?: number; primed?: boolean; now?: number } = {}) => {
  const client = responseOf();
  stream.connect(client.response, { now: 0, primed: false, ...options });
  return client;
};

test('writes each dialect as its revision of the protocol has it', () => {
  const texts = (['resumable', 'plain', 'named'] as const).map((dialect) => {
    const stream = new EventStream('3', dialect);
    const client = connected(stream);
    stream.send('{"a":1}', 0);
    return client.body();
  });
  expect(texts).toEqual([
    ':\n\nid: 3_1\ndata: {"a":1}\n\n',
    ':\n\ndata: {"a":1}\n\n',
    ':\n\nevent: message\ndata: {"a":1}\n\n',
  ]);
});

test('a primed client receives an empty event first, with the id to resume at and the time to wait', () => {
  const stream = new EventStream('3');
  stream.send('1', 0);
  expect(connected(stream, { primed: true, after: 1 }).body()).toBe('id: 3_1\nretry: 1000\ndata: \n\n');
});

test('a carriage return inside a message ends no line of the stream', () => {
  const stream = new EventStream('0', 'plain');
  const client = connected(stream);
  stream.send('{"a":\r1}', 0);
  expect(client.body()).toBe(':\n\ndata: {"a": 1}\n\n');
});

test('a client that resumes receives the events after the one that it names, and each of them once', () => {
  const stream = new EventStream('0');
  const first = connected(stream);
  for (const text of ['1', '2', '3']) stream.send(text, 0);
  stream.disconnect(first.response, 5);
  stream.send('4', 6);
  expect(idsIn(connected(stream, { after: 1 }).body())).toEqual([2, 3, 4]);
});

test('a client that names no event receives what no client has received', () => {
  const stream = new EventStream('0');
  stream.send('1', 0);
  const first = connected(stream);
  stream.send('2', 0);
  stream.disconnect(first.response, 5);
  stream.send('3', 6);
  expect(idsIn(first.body())).toEqual([1, 2]);
  const second = connected(stream);
  expect(idsIn(second.body())).toEqual([3]);
  stream.disconnect(second.response, 7);
  expect(idsIn(connected(stream).body())).toEqual([]);
});

test('keeps the newest thousand events for replay', () => {
  const stream = new EventStream('0');
  for (let event = 0; event < KEPT_EVENTS; event += 1) stream.send('x', 0);
  expect(idsIn(connected(stream, { after: 0 }).body())).toHaveLength(KEPT_EVENTS);
  stream.send('x', 0);
  const ids = idsIn(connected(stream, { after: 0 }).body());
  expect([ids[0], ids.length]).toEqual([2, KEPT_EVENTS]);
});

test('keeps eight megabytes for replay, and the newest event whatever its size', () => {
  const stream = new EventStream('0');
  const large = 'x'.repeat(5 * MEGABYTE);
  stream.send(large, 0);
  expect(stream.bufferedBytes).toBeGreaterThan(5 * MEGABYTE);
  stream.send(large, 0);
  expect(stream.bufferedBytes).toBeLessThan(6 * MEGABYTE);
  stream.send('x'.repeat(9 * MEGABYTE), 0);
  expect(stream.bufferedBytes).toBeGreaterThan(9 * MEGABYTE);
  stream.send('x', 0);
  expect(stream.bufferedBytes).toBeLessThan(100);
  expect(stream.bufferedBytes).toBeGreaterThan(0);
});

test('forgets the events that it kept', () => {
  const stream = new EventStream('0');
  stream.send('1', 0);
  stream.forget();
  expect(stream.bufferedBytes).toBe(0);
  expect(connected(stream, { after: 0 }).body()).toBe(':\n\n');
});

test('a second connection takes over, and the end of the first changes nothing', () => {
  const stream = new EventStream('0');
  const first = connected(stream);
  const second = connected(stream);
  expect(first.response.writableEnded).toBe(true);
  stream.disconnect(first.response, 5);
  expect([stream.connected, stream.idleSince]).toEqual([true, null]);
  stream.send('1', 6);
  expect(idsIn(second.body())).toEqual([1]);
  stream.disconnect(second.response, 7);
  expect([stream.connected, stream.idleSince]).toEqual([false, 7]);
  connected(stream);
  expect(stream.idleSince).toBeNull();
});

test('writes a comment after a silence of the interval, counted from the last write', () => {
  const stream = new EventStream('0', 'plain');
  const client = connected(stream, { now: 10 });
  stream.keepAlive(29, 20);
  expect(client.body()).toBe(':\n\n');
  stream.keepAlive(30, 20);
  stream.keepAlive(49, 20);
  expect(client.body()).toBe(':\n\n: keep-alive\n\n');
  stream.send('1', 50);
  stream.keepAlive(69, 20);
  expect(client.body()).toBe(':\n\n: keep-alive\n\ndata: 1\n\n');
});

test('an ended stream takes no more messages, closes its connection, and still replays', () => {
  const stream = new EventStream('0');
  const client = connected(stream);
  stream.send('1', 0);
  stream.end(8);
  stream.end(9);
  stream.send('2', 9);
  expect(client.response.writableEnded).toBe(true);
  expect([stream.ended, stream.connected, stream.idleSince]).toEqual([true, false, 8]);
  const later = connected(stream, { after: 0 });
  expect(idsIn(later.body())).toEqual([1]);
  expect([later.response.writableEnded, stream.connected, stream.idleSince]).toEqual([true, false, 8]);
});

test('cuts off a client that is more than 32 megabytes behind, and not for one large message', () => {
  const stream = new EventStream('0', 'plain');
  const client = responseOf({ isStalled: true });
  stream.connect(client.response, { now: 0, primed: false });
  stream.send('x'.repeat(20 * MEGABYTE), 0);
  stream.send('x'.repeat(20 * MEGABYTE), 0);
  expect(client.response.destroyed).toBe(false);
  stream.send('x', 0);
  expect(client.response.destroyed).toBe(true);
});

test('a client that is exactly 32 megabytes behind is not cut off yet', () => {
  const stream = new EventStream('0', 'plain');
  const client = responseOf({ isStalled: true });
  stream.connect(client.response, { now: 0, primed: false });
  const framed = 'data: \n\n'.length;
  stream.send('x'.repeat(32 * MEGABYTE - client.response.writableLength - framed), 0);
  expect(client.response.writableLength).toBe(32 * MEGABYTE);
  stream.send('x', 0);
  expect(client.response.destroyed).toBe(false);
  stream.send('x', 0);
  expect(client.response.destroyed).toBe(true);
});

test('a stream that is let go of ends its connection, and goes on with the next one', () => {
  const stream = new EventStream('0');
  const client = connected(stream);
  stream.hangUp(7);
  expect([client.response.writableEnded, stream.connected, stream.idleSince, stream.ended]).toEqual([
    true,
    false,
    7,
    false,
  ]);
  stream.send('1', 8);
  expect(idsIn(connected(stream).body())).toEqual([1]);
});
