import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testRoute } from './route.testing.ts';
import type { Route } from './route.ts';
import { createRouteTable } from './route-table.ts';
import { createLocalEvents } from './test-rig.ts';
import { createWaker } from './waker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(wake: (id: string) => Promise<void> = async () => {}) {
  const bus = createLocalEvents();
  const wakes: string[] = [];
  let status: Route['status'] = 'ASLEEP';
  let reads = 0;
  const load = async (deploymentId: string) => {
    reads += 1;
    return testRoute({ deploymentId, status });
  };
  const routes = createRouteTable({ load, events: bus.events, nowMs: () => Date.now() });
  const waker = createWaker({
    routes,
    wake: (id) => {
      wakes.push(id);
      return wake(id);
    },
  });
  /** Keeps the status of the route once it is there. */
  const awaken = (id = 'a') => {
    const seen: { status?: Route['status'] | undefined; error?: unknown } = {};
    waker.awaken(id).then(
      ({ route }) => {
        seen.status = route?.status;
      },
      (error: unknown) => {
        seen.error = error;
      },
    );
    return seen;
  };
  const settle = () => vi.advanceTimersByTimeAsync(0);
  return {
    bus,
    wakes,
    waker,
    awaken,
    settle,
    reads: () => reads,
    become: (next: Route['status']) => {
      status = next;
    },
  };
}

test('wakes a deployment once for all callers, and returns its route when an event says that it is awake', async () => {
  const { awaken, become, bus, settle, wakes } = setUp();
  const callers = [awaken(), awaken()];
  await settle();
  expect(callers).toEqual([{}, {}]);
  become('RUNNING');
  bus.emit('deployment', 'other');
  await settle();
  expect(callers).toEqual([{}, {}]);
  bus.emit('deployment', 'a');
  await settle();
  expect(callers).toEqual([{ status: 'RUNNING' }, { status: 'RUNNING' }]);
  expect(wakes).toEqual(['a']);
});

test('looks again when all routes are dropped', async () => {
  const { awaken, become, bus, settle } = setUp();
  const caller = awaken();
  await settle();
  become('RUNNING');
  bus.turn('up');
  await settle();
  expect(caller).toEqual({ status: 'RUNNING' });
});

test('looks again every two seconds, for an event that was lost', async () => {
  const { awaken, become, reads, settle } = setUp();
  const caller = awaken();
  await settle();
  become('RUNNING');
  await vi.advanceTimersByTimeAsync(1_999);
  expect(reads()).toBe(1);
  expect(caller).toEqual({});
  await vi.advanceTimersByTimeAsync(1);
  expect(caller).toEqual({ status: 'RUNNING' });
});

test('ends the wait when the deployment is not going to wake up', async () => {
  const { awaken, become, bus, settle } = setUp();
  const caller = awaken();
  await settle();
  become('STOPPED');
  bus.emit('deployment', 'a');
  await settle();
  expect(caller).toEqual({ status: 'STOPPED' });
});

test('wakes again for the next caller after a wake is over', async () => {
  const { awaken, become, settle, wakes, bus } = setUp();
  awaken();
  await settle();
  become('RUNNING');
  bus.emit('deployment', 'a');
  await settle();
  become('ASLEEP');
  bus.emit('deployment', 'a');
  const next = awaken();
  await settle();
  expect(next).toEqual({});
  expect(wakes).toEqual(['a', 'a']);
});

test('lets callers go with the route as it is when the server closes', async () => {
  const { awaken, settle, waker } = setUp();
  const caller = awaken();
  await settle();
  waker.close();
  await settle();
  expect(caller).toEqual({ status: 'ASLEEP' });
});

test('fails for its callers when the wake cannot be requested, and leaves no timer behind', async () => {
  const failure = new Error('away');
  const { awaken, settle } = setUp(() => Promise.reject(failure));
  const caller = awaken();
  await settle();
  expect(caller).toEqual({ error: failure });
  expect(vi.getTimerCount()).toBe(0);
});

test('holds callers until the machine that is awake answers, and lets them go without it at the end', async () => {
  const bus = createLocalEvents();
  const load = async (deploymentId: string) => testRoute({ deploymentId, status: 'RUNNING' });
  const routes = createRouteTable({ load, events: bus.events, nowMs: () => Date.now() });
  let reached = false;
  const answers = (_route: Route, signal: AbortSignal) =>
    new Promise<boolean>((resolve) => {
      const timer = setInterval(() => reached && resolve(true), 100);
      signal.addEventListener('abort', () => resolve(false));
      signal.addEventListener('abort', () => clearInterval(timer));
    });
  const waker = createWaker({ routes, wake: async () => {}, answers, holdMsMax: 5_000 });
  const seen: boolean[] = [];
  const awaken = (id: string) => waker.awaken(id).then((awakened) => seen.push(awakened.answers));
  void awaken('a');
  void awaken('a');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen).toEqual([]);
  reached = true;
  await vi.advanceTimersByTimeAsync(100);
  expect(seen).toEqual([true, true]);
  reached = false;
  const late = awaken('b');
  await vi.advanceTimersByTimeAsync(100);
  waker.close(); // as the end of the time does, which fake clocks do not bring
  await late;
  expect(seen).toEqual([true, true, false]);
});
