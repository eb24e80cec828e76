import { expect, test } from 'vitest';
import { createLogRing } from './logs.ts';

const ring = () => createLogRing({ redact: (text) => text, now: () => new Date(0), bootId: 'b' });
const texts = (records: { text: string }[]) => records.map(({ text }) => text);

test('a cursor continues after the line it names', () => {
  const logs = ring();
  for (const text of ['a', 'b', 'c']) logs.append('HOST', text);
  const [first] = logs.read(null);
  expect(texts(logs.read(first?.id ?? null))).toEqual(['b', 'c']);
  expect(logs.read('b.2')).toEqual([]);
});

test('a cursor of another start, or of nonsense, starts at the oldest line', () => {
  const logs = ring();
  logs.append('HOST', 'a');
  for (const cursor of ['other.0', 'b.x', '', 'b.-5']) expect(texts(logs.read(cursor))).toEqual(['a']);
});

test('the ring keeps the newest lines, and cursors stay right after old ones went', () => {
  const logs = ring();
  for (let i = 0; i < 12_000; i += 1) logs.append('STDERR', String(i));
  const kept = texts(logs.read(null));
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([5_000, '7000', '11999']);
  expect(texts(logs.read('b.11997'))).toEqual(['11998', '11999']);
  expect(texts(logs.read('b.3')).at(0)).toBe('7000');
});

test('followers get new lines until they stop', () => {
  const logs = ring();
  const seen: string[] = [];
  const stop = logs.follow((record) => seen.push(record.text));
  logs.append('HOST', 'a');
  stop();
  logs.append('HOST', 'b');
  expect(seen).toEqual(['a']);
});
