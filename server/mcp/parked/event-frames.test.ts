import { expect, test } from 'vitest';
import { EventFrames } from './event-frames.ts';

const push = (frames: EventFrames, text: string): string => frames.push(Buffer.from(text)).toString();

test('passes whole events on, holds a part back until the rest comes, and knows the last id', () => {
  const frames = new EventFrames(null);
  expect(push(frames, 'id: 0_1\ndata: {"a":1}\n\nid: 0_2\nda')).toBe('id: 0_1\ndata: {"a":1}\n\n');
  expect(frames.lastEventId).toBe('0_1');
  expect(push(frames, 'ta: {}\n')).toBe('');
  expect(push(frames, '\n: keep-alive\n\n')).toBe('id: 0_2\ndata: {}\n\n: keep-alive\n\n');
  expect(frames.lastEventId).toBe('0_2');
});

test('takes lines that end with a carriage return, and no id out of data', () => {
  const frames = new EventFrames('7');
  expect(push(frames, 'data: "id: 9"\r\n\r\n')).toBe('data: "id: 9"\r\n\r\n');
  expect(frames.lastEventId).toBe('7');
});

test('the rest of an event that was dropped does not come back', () => {
  const frames = new EventFrames(null);
  push(frames, 'data: {"half":');
  frames.drop();
  expect(push(frames, 'data: {}\n\n')).toBe('data: {}\n\n');
});

test('an event too large to be held passes as it comes, and is torn until its end', () => {
  const frames = new EventFrames(null);
  const large = `data: ${'x'.repeat(1024 * 1024)}`;
  expect(push(frames, large)).toBe(large);
  expect(frames.isTorn).toBe(true);
  expect(push(frames, 'xx')).toBe('xx');
  expect(push(frames, '\n\ndata: {')).toBe('\n\n');
  expect(frames.isTorn).toBe(false);
  expect(push(frames, '}\n\n')).toBe('data: {}\n\n');
});

test('puts an event together that comes byte by byte, and its id', () => {
  const frames = new EventFrames(null);
  const event = 'id: 5\r\ndata: {}\r\n\r\n';
  const passed = [...event].map((byte) => push(frames, byte));
  expect(passed.filter((text) => text !== '')).toEqual([event]);
  expect(frames.lastEventId).toBe('5');
});

test('an event that comes byte by byte takes little more memory than it has bytes', () => {
  const frames = new EventFrames(null);
  const byte = Buffer.from('x');
  const before = process.memoryUsage().heapUsed;
  for (let count = 0; count < 1_000_000; count += 1) frames.push(byte);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
  expect(frames.push(Buffer.from('\n\n'))).toHaveLength(1_000_002);
});
