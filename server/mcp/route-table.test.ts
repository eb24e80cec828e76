import { expect, test } from 'vitest';
import type { Route } from './route.ts';
import { createRouteTable } from './route-table.ts';
import { createLocalEvents } from './test-rig.ts';

const route = (deploymentId: string, status: Route['status'] = 'RUNNING'): Route => ({
  deploymentId,
  ownerId: 'ann',
  name: deploymentId,
  status,
  phase: null,
  failure: null,
  access: 'TOKEN',
  tokens: [],
  current: null,
  draining: [],
});

/** A table whose reads end when the test says so. */
function setUp() {
  const bus = createLocalEvents();
  const reads: { id: string; answer: (route: Route | null) => void; fail: (error: Error) => void }[] = [];
  let nowMs = 0;
  const table = createRouteTable({
    load: (id) => new Promise((answer, fail) => reads.push({ id, answer, fail })),
    events: bus.events,
    nowMs: () => nowMs,
  });
  const fill = async (id: string, value: Route | null = route(id)) => {
    const asked = table.resolve(id);
    reads.at(-1)?.answer(value);
    await asked;
  };
  return {
    bus,
    reads,
    table,
    fill,
    pass: (milliseconds: number) => {
      nowMs += milliseconds;
    },
  };
}

test('many callers share one read, and the next ones need none', async () => {
  const { table, reads } = setUp();
  const all = [table.resolve('a'), table.resolve('a'), table.resolve('a')];
  reads[0]?.answer(route('a'));
  expect((await Promise.all(all)).map((found) => found?.deploymentId)).toEqual(['a', 'a', 'a']);
  expect(table.peek('a')?.deploymentId).toBe('a');
  expect(reads).toHaveLength(1);
});

test('a read that began before an invalidation fills nothing: its caller gets what is true after it', async () => {
  const { table, reads, bus } = setUp();
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
  const { table, reads, bus } = setUp();
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
  const { table, bus, fill } = setUp();
  await fill('a');
  await fill('b');
  bus.emit('deployment', 'a');
  expect(table.peek('a')).toBeUndefined();
  expect(table.peek('b')).toBeDefined();
});

test('while LISTEN is down entries live five seconds; when it is back all are dropped, reads under way too', async () => {
  const { table, bus, reads, fill, pass } = setUp();
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

test('that a deployment does not exist is remembered too, until it does', async () => {
  const { table, bus, fill } = setUp();
  await fill('a', null);
  expect(table.peek('a')).toBeNull();
  bus.emit('deployment', 'a');
  expect(table.peek('a')).toBeUndefined();
});

test('a failed read rejects for its callers and is tried again by the next', async () => {
  const { table, reads, fill } = setUp();
  const asked = table.resolve('a');
  reads[0]?.fail(new Error('the database is away'));
  await expect(asked).rejects.toThrow('the database is away');
  await fill('a');
  expect(table.peek('a')).toBeDefined();
});

test('a row that changes at every read does not keep its caller for ever', async () => {
  const { table, reads, bus } = setUp();
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
  const { table, bus } = setUp();
  const heard: (string | null)[] = [];
  const stop = table.onInvalidated((id) => heard.push(id));
  bus.emit('access', 'a');
  bus.turn('down');
  bus.turn('up');
  stop();
  bus.emit('access', 'b');
  expect(heard).toEqual(['a', null]);
});
