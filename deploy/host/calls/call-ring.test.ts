import { expect, test } from 'vitest';
import type { CallRecord } from '../call-contract.ts';
import { createCallRing } from './call-ring.ts';

const record = (name: string): CallRecord => ({
  at: '2026-11-30T10:00:00.000Z',
  caller: 'public',
  client: null,
  method: 'tools/call',
  name,
  outcome: 'OK',
  errorCode: null,
  durationMs: 1,
  waitedMs: 0,
  bytesIn: 1,
  bytesOut: 1,
  sessionId: null,
  requestId: null,
  era: 'legacy',
});

const namesOf = ({ records }: { records: CallRecord[] }) => records.map(({ name }) => name);

test('a cursor continues after the records that were read, and gives none twice', () => {
  const ring = createCallRing({ bootId: 'b' });
  for (const name of ['a', 'b']) ring.add(record(name));
  const first = ring.read(null);
  expect([namesOf(first), first.lost, first.more]).toEqual([['a', 'b'], 0, false]);
  ring.add(record('c'));
  const second = ring.read(first.cursor);
  expect(namesOf(second)).toEqual(['c']);
  expect(namesOf(ring.read(second.cursor))).toEqual([]);
});

test('the records that were dropped before anyone read them are counted, once', () => {
  const ring = createCallRing({ bootId: 'b', recordsMax: 2 });
  ring.add(record('a'));
  const { cursor } = ring.read(null);
  for (const name of ['b', 'c', 'd', 'e']) ring.add(record(name));
  const page = ring.read(cursor);
  expect([namesOf(page), page.lost]).toEqual([['d', 'e'], 2]);
  expect(ring.read(page.cursor).lost).toBe(0);
});

test('the bytes of the records are bounded as their number is', () => {
  const ring = createCallRing({ bootId: 'b', bytesMax: 10_000 });
  for (let i = 0; i < 100; i += 1) ring.add(record('x'.repeat(1_000)));
  const page = ring.read(null);
  expect(page.records.length).toBeLessThan(9);
  expect(page.records.length + page.lost).toBe(100);
});

test('a cursor of an earlier host, or of nonsense, starts at the oldest record', () => {
  const ring = createCallRing({ bootId: 'b' });
  ring.add(record('a'));
  for (const cursor of ['old.7', 'b.9', 'b.-1', 'b.x', '', 'b'])
    expect([namesOf(ring.read(cursor)), ring.read(cursor).lost]).toEqual([['a'], 0]);
});

test('a long past comes in pages', () => {
  const ring = createCallRing({ bootId: 'b' });
  for (let i = 0; i < 1_500; i += 1) ring.add(record(String(i)));
  const first = ring.read(null);
  expect([first.records.length, first.more]).toEqual([1_000, true]);
  const second = ring.read(first.cursor);
  expect([second.records.length, second.more, second.lost]).toEqual([500, false, 0]);
});

test('records before a cursor are let go, since a cursor comes from where they are stored', () => {
  const ring = createCallRing({ bootId: 'b' });
  for (let i = 0; i < 3_000; i += 1) ring.add(record(String(i)));
  const stored = ring.read('b.2900');
  expect([stored.records.length, stored.lost]).toEqual([100, 0]);
  for (let i = 3_000; i < 3_010; i += 1) ring.add(record(String(i)));
  expect(namesOf(ring.read('b.3000'))).toEqual(Array.from({ length: 10 }, (_, i) => String(3_000 + i)));
  const late = ring.read('b.2950');
  expect([late.records.length, late.lost]).toEqual([10, 50]); // a reader that another one has overtaken stores nothing
});
