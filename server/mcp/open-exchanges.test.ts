import { afterEach, expect, test, vi } from 'vitest';
import { createOpenExchanges, DEFAULT_EXCHANGE_CAPS, type OpenExchange } from './open-exchanges.ts';

afterEach(() => {
  vi.useRealTimers();
});

const CAPS = { perDeployment: 2, perOwner: 3, perNetwork: 1, total: 5 };
const exchange = (deploymentId: string, ownerId: string, network: string | null = null): OpenExchange => ({
  deploymentId,
  ownerId,
  network,
  grant: { kind: 'public', address: '203.0.113.1' },
  state: null,
  end: () => {},
  release: () => {},
});

test('bounds a deployment, an owner and all together, and makes room when an exchange ends', () => {
  const open = createOpenExchanges(CAPS);
  const first = exchange('one', 'ann');
  for (const one of [first, exchange('one', 'ann'), exchange('two', 'ann')]) open.add(one);
  expect(open.admits(exchange('one', 'bob'))).toBe(false);
  expect(open.admits(exchange('three', 'ann'))).toBe(false);
  expect(open.admits(exchange('three', 'bob'))).toBe(true);
  open.add(exchange('three', 'bob'));
  open.add(exchange('four', 'cyd'));
  expect(open.admits(exchange('five', 'dan'))).toBe(false);
  open.remove(first);
  open.remove(first);
  expect(open.count()).toBe(4);
  expect(open.admits(exchange('three', 'ann'))).toBe(true);
});

test('bounds the callers of public deployments by network', () => {
  const open = createOpenExchanges(CAPS);
  const stranger = exchange('one', 'ann', '203.0.113.1');
  open.add(stranger);
  expect(open.admits(exchange('two', 'bob', '203.0.113.1'))).toBe(false);
  expect(open.admits(exchange('two', 'bob', '203.0.113.2'))).toBe(true);
  expect(open.admits(exchange('two', 'bob'))).toBe(true);
  open.remove(stranger);
  expect(open.admits(exchange('two', 'bob', '203.0.113.1'))).toBe(true);
});

test('serves one owner two and a half deployments of streams, and twenty thousand in all', () => {
  expect(DEFAULT_EXCHANGE_CAPS).toEqual({ perDeployment: 2_000, perOwner: 5_000, perNetwork: 200, total: 20_000 });
});

test('lists what is under way, by deployment and all together', () => {
  const open = createOpenExchanges(CAPS);
  const [first, second, other] = [exchange('one', 'ann'), exchange('one', 'ann'), exchange('two', 'bob')];
  for (const one of [first, second, other]) open.add(one);
  expect(open.of('one')).toEqual([first, second]);
  expect(open.of('three')).toEqual([]);
  expect(open.all()).toEqual([first, second, other]);
  expect(open.deployments()).toEqual(['one', 'two']);
  open.remove(other);
  expect(open.deployments()).toEqual(['one']);
});

test('counts an owner and a network down with each exchange that ends', () => {
  const open = createOpenExchanges({ ...CAPS, perNetwork: 2 });
  const all = [exchange('one', 'ann', 'n'), exchange('two', 'ann', 'n'), exchange('three', 'ann')];
  for (const one of all) open.add(one);
  expect(open.admits(exchange('four', 'ann'))).toBe(false);
  expect(open.admits(exchange('four', 'bob', 'n'))).toBe(false);
  for (const one of all.slice(0, 2)) open.remove(one);
  open.add(exchange('four', 'ann', 'n'));
  expect(open.admits(exchange('five', 'ann', 'n'))).toBe(true);
  open.add(exchange('five', 'ann', 'n'));
  expect(open.admits(exchange('six', 'ann'))).toBe(false);
  expect(open.admits(exchange('six', 'bob', 'n'))).toBe(false);
});

test('waits until nothing is under way', async () => {
  const open = createOpenExchanges(CAPS);
  await open.empty(60_000);
  const [first, second] = [exchange('one', 'ann'), exchange('two', 'ann')];
  open.add(first);
  open.add(second);
  let isEmpty = false;
  const empty = open.empty(60_000).then(() => {
    isEmpty = true;
  });
  open.remove(first);
  await Promise.resolve();
  expect(isEmpty).toBe(false);
  open.remove(second);
  await empty;
});

test('leaves no timer behind when all have ended in time', async () => {
  vi.useFakeTimers();
  const open = createOpenExchanges(CAPS);
  const only = exchange('one', 'ann');
  open.add(only);
  const empty = open.empty(60_000);
  open.remove(only);
  await empty;
  expect(vi.getTimerCount()).toBe(0);
});

test('waits no longer than the given time', async () => {
  vi.useFakeTimers();
  const open = createOpenExchanges(CAPS);
  open.add(exchange('one', 'ann'));
  let isOver = false;
  const over = open.empty(5_000).then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(4_999);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await over;
  expect(open.count()).toBe(1);
});
