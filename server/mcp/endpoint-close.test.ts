import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEndpoint } from './endpoint.ts';
import { createOriginPolicy } from './origin-policy.ts';
import { testRoute, testTarget } from './route.testing.ts';
import { createRouteTable } from './route-table.ts';
import { createLocalEvents } from './test-rig.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function openEndpoint() {
  const { events, emit } = createLocalEvents();
  const forgotten: string[] = [];
  let machine = 'm1';
  const routes = createRouteTable({
    load: async () => testRoute({ current: testTarget(machine, `http://127.0.0.1/${machine}`) }),
    events,
    nowMs: () => 0,
  });
  const endpoint = createEndpoint({
    routes,
    upstream: {
      dispatch: () => {},
      dispatcher: () => {
        throw new Error('not used');
      },
      has: () => true,
      forget: (origin) => void forgotten.push(origin),
      close: async () => {},
    },
    policy: createOriginPolicy({ hosts: [], origins: [], loopbackOrigins: false }),
    wake: async () => {},
    nowMs: () => 0,
  });
  /** The deployment moves from one machine to another. */
  const move = async () => {
    await routes.resolve('a');
    machine += '1';
    emit('deployment', 'a');
    await vi.advanceTimersByTimeAsync(0);
  };
  return { endpoint, move, forgotten };
}

test('an open endpoint checks rights on a timer and lets go of replaced machines; a closed one does neither', async () => {
  const { endpoint, move, forgotten } = openEndpoint();
  await move();
  expect([vi.getTimerCount(), forgotten]).toEqual([1, ['http://127.0.0.1/m1']]);
  await endpoint.close();
  await move();
  expect([vi.getTimerCount(), forgotten]).toEqual([0, ['http://127.0.0.1/m1']]);
});

test('a drain with nothing under way ends at once', async () => {
  const { endpoint } = openEndpoint();
  await endpoint.drain(60_000);
  expect(endpoint.count()).toBe(0);
});
