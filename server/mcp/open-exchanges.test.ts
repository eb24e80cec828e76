import { expect, test } from 'vitest';
import { createOpenExchanges, type OpenExchange } from './open-exchanges.ts';

const CAPS = { perDeployment: 2, perOwner: 3, perNetwork: 1, total: 5 };
const exchange = (deploymentId: string, ownerId: string, network: string | null = null): OpenExchange => ({
  deploymentId,
  ownerId,
  network,
  grant: { kind: 'public', address: '203.0.113.1' },
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
