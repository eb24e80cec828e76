import { describe, expect, test } from 'vitest';
import type { Route } from './route.ts';
import { openRouteTable, route } from './route-table.testing.ts';
import { createRouteTable } from './route-table.ts';
import { createLocalEvents } from './test-rig.ts';

test('shares one read among many callers, and needs none for the next ones', async () => {
  const { table, reads } = openRouteTable();
  const all = [table.resolve('a'), table.resolve('a'), table.resolve('a')];
  reads[0]?.answer(route('a'));
  expect((await Promise.all(all)).map((found) => found?.deploymentId)).toEqual(['a', 'a', 'a']);
  expect(table.peek('a')?.deploymentId).toBe('a');
  expect(reads).toHaveLength(1);
});

test('a read that began before an invalidation fills nothing, and its caller receives the route after it', async () => {
  const { table, reads, bus } = openRouteTable();
  const asked = table.resolve('a');
  bus.emit('deployment', 'a');
  reads[0]?.answer(route('a', 'RUNNING'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(table.peek('a')).toBeUndefined();
  expect(reads).toHaveLength(2);
  reads[1]?.answer(route('a', 'STOPPED'));
  expect((await asked)?.status).toBe('STOPPED');
  expect(table.peek('a')?.status).toBe('STOPPED');
});

test('an old read that ends after a new one does not replace it', async () => {
  const { table, reads, bus } = openRouteTable();
  const first = table.resolve('a');
  bus.emit('access', 'a');
  const second = table.resolve('a');
  reads[1]?.answer(route('a', 'STOPPED'));
  expect((await second)?.status).toBe('STOPPED');
  reads[0]?.answer(route('a', 'RUNNING'));
  expect((await first)?.status).toBe('STOPPED');
  expect(table.peek('a')?.status).toBe('STOPPED');
});

test('an event about one deployment leaves the others alone', async () => {
  const { table, bus, fill } = openRouteTable();
  await fill('a');
  await fill('b');
  bus.emit('deployment', 'a');
  expect(table.peek('a')).toBeUndefined();
  expect(table.peek('b')).toBeDefined();
});

test('while LISTEN is down entries live five seconds; when it is back all are dropped, reads under way too', async () => {
  const { table, bus, reads, fill, pass } = openRouteTable();
  await fill('a');
  pass(3_600_000);
  expect(table.peek('a')).toBeDefined();
  bus.turn('down');
  expect(table.peek('a')).toBeUndefined();
  await fill('a');
  pass(5_000);
  expect(table.peek('a')).toBeDefined();
  pass(1);
  expect(table.peek('a')).toBeUndefined();

  await fill('a');
  const asked = table.resolve('b');
  bus.turn('up');
  expect(table.peek('a')).toBeUndefined();
  reads.at(-1)?.answer(route('b', 'RUNNING'));
  await new Promise((resolve) => setImmediate(resolve));
  reads.at(-1)?.answer(route('b', 'STOPPED'));
  expect((await asked)?.status).toBe('STOPPED');
  pass(3_600_000);
  expect(table.peek('b')?.status).toBe('STOPPED');
});

test('remembers that a deployment does not exist, until an event about it', async () => {
  const { table, bus, fill } = openRouteTable();
  await fill('a', null);
  expect(table.peek('a')).toBeNull();
  bus.emit('deployment', 'a');
  expect(table.peek('a')).toBeUndefined();
});

test('a failed read rejects for its callers and is tried again by the next', async () => {
  const { table, reads, fill } = openRouteTable();
  const asked = table.resolve('a');
  reads[0]?.fail(new Error('the database is away'));
  await expect(asked).rejects.toThrow('the database is away');
  await fill('a');
  expect(table.peek('a')).toBeDefined();
});

test('a row that changes at every read does not keep its caller for ever', async () => {
  const { table, reads, bus } = openRouteTable();
  const asked = table.resolve('a');
  for (let i = 0; i < 5; i += 1) {
    bus.emit('deployment', 'a');
    reads.at(-1)?.answer(route('a'));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await asked)?.deploymentId).toBe('a');
  expect(table.peek('a')).toBeUndefined();
});

test('a watcher receives one key, and a null for all when all were dropped', async () => {
  const { table, bus } = openRouteTable();
  const received: (string | null)[] = [];
  const stop = table.onInvalidated((id) => received.push(id));
  bus.emit('access', 'a');
  bus.turn('down');
  bus.turn('up');
  stop();
  bus.emit('access', 'b');
  expect(received).toEqual(['a', null]);
});

test('a watcher receives the route that was dropped, or null', async () => {
  const { table, bus, fill } = openRouteTable();
  await fill('a');
  const dropped: (Route | null)[] = [];
  table.onInvalidated((_id, before) => dropped.push(before));
  bus.emit('deployment', 'a');
  bus.emit('deployment', 'a');
  expect(dropped).toEqual([route('a'), null]);
});

test('a closed table receives no further events', async () => {
  const { table, bus, fill } = openRouteTable();
  await fill('a');
  const received: unknown[] = [];
  table.onInvalidated((id) => received.push(id));
  table.close();
  table.invalidate('b');
  bus.emit('deployment', 'a');
  bus.emit('access', 'a');
  bus.turn('up');
  expect(table.peek('a')).toBeDefined();
  expect(received).toEqual([]);
});

test('keeps the newest 10 000 ids that lead nowhere, apart from the routes', async () => {
  const found = route('r');
  const table = createRouteTable({
    load: (id) => Promise.resolve(id === 'r' ? found : null),
    events: createLocalEvents().events,
    nowMs: () => 0,
  });
  await table.resolve('r');
  await Promise.all(Array.from({ length: 10_001 }, (_, i) => table.resolve(`u${i}`)));
  const isKnown = (id: string) => table.peek(id) !== undefined;
  expect(['r', 'u0', 'u1', 'u10000'].map(isKnown)).toEqual([true, false, true, true]);
}, 60_000);

describe('markStale', () => {
  test('reads a route again at most once a second', async () => {
    const { table, reads, fill, pass } = openRouteTable();
    await fill('a');
    pass(999);
    table.markStale('a');
    expect(table.peek('a')).toBeDefined();
    pass(1);
    table.markStale('a');
    expect(table.peek('a')).toBeUndefined();
    await fill('a');
    expect(table.peek('a')).toBeDefined();
    table.markStale('a');
    expect(table.peek('a')).toBeDefined();
    expect(reads).toHaveLength(2);
  });

  test('announces a stale route once, and an unknown route never', async () => {
    const { table, fill, pass } = openRouteTable();
    await fill('a');
    await fill('b', null);
    pass(1_000);
    const received: unknown[] = [];
    table.onInvalidated((id, dropped) => received.push([id, dropped?.deploymentId]));
    for (const id of ['a', 'a', 'b', 'c']) table.markStale(id);
    expect(received).toEqual([['a', 'a']]);
  });

  test('discards a read that began before the route became stale', async () => {
    const { table, reads, bus, fill, pass } = openRouteTable();
    await fill('a');
    bus.turn('down');
    pass(6_000);
    const asked = table.resolve('a');
    table.markStale('a');
    reads.at(-1)?.answer(route('a', 'RUNNING'));
    await new Promise((resolve) => setImmediate(resolve));
    reads.at(-1)?.answer(route('a', 'STOPPED'));
    expect((await asked)?.status).toBe('STOPPED');
    expect(reads).toHaveLength(3);
  });
});
