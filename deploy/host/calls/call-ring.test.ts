import { expect, test } from 'vitest';
import { decodeCallPage } from '../call-page.ts';
import type { CallEntry } from '../call-slot.ts';
import { createCallRing } from './call-ring.ts';

const entry = (name: string, rest: Partial<CallEntry> = {}): CallEntry => ({
  atMs: Date.UTC(2026, 10, 30, 10),
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
  bodies: null,
  trace: null,
  ...rest,
});

const openRing = (options: Partial<Parameters<typeof createCallRing>[0]> = {}) => {
  const ring = createCallRing({ bootId: 'b', ...options });
  return { add: ring.add, read: (cursor: string | null) => decodeCallPage(ring.read(cursor)) };
};

const namesOf = ({ records }: { records: { name: string }[] }) => records.map(({ name }) => name);

test('a record comes back with all its members', () => {
  const ring = openRing();
  const full = entry('größe\n2', {
    caller: 'token:0b6ad3a8-5d5c-4b6e-9f3c-1f8e4c2d7a90',
    client: { name: 'Lëser', version: '1.2' },
    outcome: 'PROTOCOL_ERROR',
    errorCode: -32602,
    durationMs: 1234.567,
    waitedMs: 17,
    bytesIn: 4_000_000,
    bytesOut: 3_000_000_000,
    sessionId: 'machine.0b6ad3a8',
    requestId: 'x'.repeat(64),
    era: 'modern',
  });
  const { atMs, durationMs, ...same } = full;
  ring.add(full);
  ring.add(entry('plain', { errorCode: 0 }));
  const [first, second] = ring.read(null).records;
  expect(first).toEqual({ ...same, at: '2026-11-30T10:00:00.000Z', durationMs: 1234.57 });
  expect(second).toMatchObject({ client: null, sessionId: null, requestId: null, errorCode: 0, outcome: 'OK' });
});

test('codes and counts beyond the room of a slot are left out or cut, and do not spill into other members', () => {
  const ring = openRing();
  ring.add(entry('a', { errorCode: 2 ** 40, bytesOut: 2 ** 40, waitedMs: -1 }));
  expect(ring.read(null).records[0]).toMatchObject({ errorCode: null, bytesOut: 2 ** 32 - 1, waitedMs: 0, bytesIn: 1 });
});

test('callers that differ in one part stay apart', () => {
  const ring = openRing();
  const parts: Partial<CallEntry>[] = [
    { caller: 'public' },
    { caller: 'token:1' },
    { sessionId: 's' },
    { era: 'modern' },
    { client: { name: 'a', version: '' } },
    { client: { name: '', version: 'a' } },
  ];
  for (const part of [...parts, ...parts]) ring.add(entry('a', part));
  expect(ring.read(null).records).toMatchObject([...parts, ...parts]);
});

test('a cursor continues after the records that were read, and gives none twice', () => {
  const ring = openRing();
  for (const name of ['a', 'b']) ring.add(entry(name));
  const first = ring.read(null);
  expect([namesOf(first), first.lost, first.more]).toEqual([['a', 'b'], 0, false]);
  ring.add(entry('c'));
  const second = ring.read(first.cursor);
  expect(namesOf(second)).toEqual(['c']);
  expect(namesOf(ring.read(second.cursor))).toEqual([]);
});

test('the records that were dropped before anyone read them are counted, once', () => {
  const ring = openRing({ sheetsMax: 2, sheetRecords: 2 });
  ring.add(entry('a'));
  const { cursor } = ring.read(null);
  for (const name of ['b', 'c', 'd', 'e', 'f', 'g']) ring.add(entry(name));
  const page = ring.read(cursor);
  expect([namesOf(page), page.lost, page.more]).toEqual([['e', 'f'], 3, true]);
  const rest = ring.read(page.cursor);
  expect([namesOf(rest), rest.lost, rest.more]).toEqual([['g'], 0, false]);
});

test('names and callers are bounded in bytes, and what a sheet held is gone when it is used again', () => {
  const ring = openRing({ sheetsMax: 2, sharedBytesMax: 5_000 });
  for (let i = 0; i < 100; i += 1) ring.add(entry(`${i}`.padEnd(1_000, 'x')));
  const page = ring.read(null);
  expect(page.records.length).toBeLessThan(6);
  expect(page.lost).toBeGreaterThan(89);
  const rest = ring.read(page.cursor);
  expect(page.lost + page.records.length + rest.records.length).toBe(100);
});

test('a cursor of an earlier host, or of nonsense, starts at the oldest record', () => {
  const ring = openRing();
  ring.add(entry('a'));
  for (const cursor of ['old.7', 'b.9', 'b.-1', 'b.x', '', 'b'])
    expect([namesOf(ring.read(cursor)), ring.read(cursor).lost]).toEqual([['a'], 0]);
});

test('a long past comes in pages', () => {
  const ring = openRing();
  for (let i = 0; i < 1_500; i += 1) ring.add(entry(String(i)));
  const first = ring.read(null);
  expect([first.records.length, first.more]).toEqual([1_000, true]);
  const second = ring.read(first.cursor);
  expect([second.records.length, second.more, second.lost]).toEqual([500, false, 0]);
});

test('records before a cursor are let go, since a cursor comes from where they are stored', () => {
  const ring = openRing();
  for (let i = 0; i < 3_000; i += 1) ring.add(entry(String(i)));
  const stored = ring.read('b.2900');
  expect([stored.records.length, stored.lost]).toEqual([100, 0]);
  for (let i = 3_000; i < 3_010; i += 1) ring.add(entry(String(i)));
  expect(namesOf(ring.read('b.3000'))).toEqual(Array.from({ length: 10 }, (_, i) => String(3_000 + i)));
  const late = ring.read('b.2950');
  expect([late.records.length, late.lost]).toEqual([10, 50]); // a reader that another one has overtaken stores nothing
});

test('arguments and results come with their calls, also in a page from the middle of a sheet', () => {
  const ring = openRing();
  ring.add(entry('a', { bodies: { arguments: '{"é":1}', result: null } }));
  ring.add(entry('b'));
  ring.add(entry('c', { bodies: { arguments: null, result: '{}' } }));
  const bodiesFrom = (cursor: string | null) => ring.read(cursor).records.map(({ bodies }) => bodies);
  expect(bodiesFrom(null)).toEqual([{ arguments: '{"é":1}', result: null }, null, { arguments: null, result: '{}' }]);
  expect(bodiesFrom('b.1')).toEqual([null, { arguments: null, result: '{}' }]);
});

test('calls are kept without their arguments and results while those of others fill the room', () => {
  const ring = openRing({ bodyBytesMax: 10 });
  const bodies = { arguments: '12345', result: '123' };
  for (const name of ['a', 'b']) ring.add(entry(name, { bodies }));
  expect(ring.read(null).records.map(({ name, bodies: kept }) => [name, kept])).toEqual([
    ['a', bodies],
    ['b', null],
  ]);
});
