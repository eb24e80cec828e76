import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Grant } from './access.ts';
import { createOpenExchanges, DEFAULT_EXCHANGE_CAPS } from './open-exchanges.ts';
import type { Refusal } from './refusal.ts';
import { watchGrants } from './revocation.ts';
import { testRoute } from './route.testing.ts';
import type { Route } from './route.ts';
import { createRouteTable } from './route-table.ts';
import { createLocalEvents } from './test-rig.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const BY_ADDRESS: Grant = { kind: 'public', address: '203.0.113.1' };

async function setUp() {
  const bus = createLocalEvents();
  const rows = new Map<string, Route | null | Error>();
  for (const deploymentId of ['a', 'b']) rows.set(deploymentId, testRoute({ deploymentId, access: 'PUBLIC' }));
  const load = async (id: string) => {
    const row = rows.get(id) ?? null;
    if (row instanceof Error) throw row;
    return row;
  };
  const nowMs = () => Date.now();
  const routes = createRouteTable({ load, events: bus.events, nowMs, outageMsMax: -1 });
  const open = createOpenExchanges(DEFAULT_EXCHANGE_CAPS);
  const ended: [string, Refusal['code']][] = [];
  const errors: [unknown, string][] = [];
  const stop = watchGrants({ routes, open, oauth: null, nowMs, onError: (...error) => errors.push(error) });
  const add = (deploymentId: string, grant: Grant = BY_ADDRESS) =>
    open.add({
      deploymentId,
      ownerId: 'ann',
      network: null,
      grant,
      state: null,
      end: ({ code }) => ended.push([deploymentId, code]),
      release: () => {},
    });
  const change = async (id: string, values: Partial<Route> | null | Error) => {
    rows.set(id, values === null || values instanceof Error ? values : testRoute({ deploymentId: id, ...values }));
    bus.emit('deployment', id);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { bus, rows, open, ended, errors, stop, add, change };
}

test.each<[string, Partial<Route> | null, string]>([
  ['is closed to the public', { access: 'TOKEN' }, 'UNAUTHENTICATED'],
  ['is stopped', { access: 'PUBLIC', status: 'STOPPED' }, 'STOPPED'],
  ['is being deleted', { access: 'PUBLIC', status: 'DELETING' }, 'STOPPED'],
  ['is gone', null, 'NOT_FOUND'],
])('ends the streams of a deployment that %s, and no others', async (_what, values, code) => {
  const { add, change, ended } = await setUp();
  add('a');
  add('b');
  await change('a', values);
  expect(ended).toEqual([['a', code]]);
});

test.each<[Partial<Route>]>([[{ access: 'PUBLIC', status: 'ASLEEP' }], [{ access: 'PUBLIC', name: 'Other' }]])(
  'leaves streams open when the deployment becomes %j',
  async (values) => {
    const { add, change, ended } = await setUp();
    add('a');
    await change('a', values);
    expect(ended).toEqual([]);
  },
);

test('looks at every deployment when events were missed', async () => {
  const { add, rows, bus, ended } = await setUp();
  add('a');
  add('b');
  for (const id of ['a', 'b']) rows.set(id, null);
  bus.turn('up');
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toEqual([
    ['a', 'NOT_FOUND'],
    ['b', 'NOT_FOUND'],
  ]);
});

test('ends a stream within five seconds of the expiry of its token, without an event', async () => {
  const { add, change, ended } = await setUp();
  const expiresAtMs = Date.now() + 1_000;
  await change('a', { tokens: [{ id: 't', hash: Buffer.alloc(32), expiresAtMs }] });
  add('a', { kind: 'token', tokenId: 't', expiresAtMs });
  await vi.advanceTimersByTimeAsync(4_999);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toEqual([['a', 'UNAUTHENTICATED']]);
});

test('reports a route that cannot be read, and leaves its streams open', async () => {
  const { add, change, ended, errors } = await setUp();
  add('a');
  await change('a', new Error('away'));
  expect(errors).toEqual([[expect.objectContaining({ name: 'RouteUnavailableError' }), 'a']]);
  expect(ended).toEqual([]);
});

test('reads no route of a deployment without streams', async () => {
  const { change, errors } = await setUp();
  await change('a', new Error('away'));
  expect(errors).toEqual([]);
});

test('ends nothing after it was stopped', async () => {
  const { add, change, ended, stop } = await setUp();
  add('a');
  stop();
  await change('a', null);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ended).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
