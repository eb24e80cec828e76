import { expect, test } from 'vitest';
import { createEventStreamReader, type StreamEvent } from './event-stream-reader.ts';

const STREAM =
  '\u00ef\u00bb\u00bfid: 1\r\nevent: message\r\ndata: {"a":\r\ndata: 1}\r\n\r\n: a comment\nretry: 20\nid: 2\ndata:x\n\nevent: nothing\n\ndata: last\r\r';

const read = (chunks: readonly string[]) => {
  const events: StreamEvent[] = [];
  const reader = createEventStreamReader((event) => events.push(event));
  for (const chunk of chunks) reader.push(chunk);
  return { events, lastId: reader.lastId, retryMs: reader.retryMs };
};

const EXPECTED = {
  events: [
    { event: 'message', data: '{"a":\n1}' },
    { event: 'message', data: 'x' },
  ],
  lastId: '2',
  retryMs: 20,
};

test('reads events with every kind of line end', () => {
  expect(read([STREAM])).toEqual(EXPECTED);
  // The carriage return at the end of a stream may be half of a line end: what follows decides.
  expect(read([STREAM, 'event: x\n']).events).toEqual([...EXPECTED.events, { event: 'message', data: 'last' }]);
});

test('reads the same events wherever the stream is cut', () => {
  for (let at = 0; at <= STREAM.length; at += 1)
    expect(read([STREAM.slice(0, at), STREAM.slice(at)]), `cut at ${at}`).toEqual(EXPECTED);
  expect(read([...STREAM])).toEqual(EXPECTED);
});

test('ends with a stream whose event is larger than the limit', () => {
  const reader = createEventStreamReader(() => {});
  reader.push('data: ');
  expect(() => {
    for (let sent = 0; sent < 70; sent += 1) reader.push('x'.repeat(1024 * 1024));
  }).toThrow(RangeError);
});
