import { expect, it } from 'vitest';
import { createSharedReads } from './shared-reads.ts';

it('reads once for all who ask in one turn, and again for who asks later', async () => {
  const share = createSharedReads();
  let reads = 0;
  const read = async () => {
    reads += 1;
    return reads;
  };
  expect(await Promise.all([share('a', read), share('a', read), share('a', read)])).toEqual([1, 1, 1]);
  expect(await share('a', read)).toBe(2);
});

it('never returns a value that was read before the request', async () => {
  const share = createSharedReads();
  let truth = 'old';
  const slow = Promise.withResolvers<void>();
  const first = share('a', async () => {
    const seen = truth;
    await slow.promise;
    return seen;
  });
  await new Promise((resolve) => setImmediate(resolve)); // its read has begun
  truth = 'new';
  const second = share('a', async () => truth);
  expect(await second).toBe('new');
  slow.resolve();
  expect(await first).toBe('old');
});

it('keeps different questions apart, and hands an error to all who asked', async () => {
  const share = createSharedReads();
  const fails = () => Promise.reject(new Error('away'));
  const [one, two, other] = await Promise.allSettled([
    share('a', fails),
    share('a', fails),
    share('b', async () => 'b'),
  ]);
  expect([one?.status, two?.status, other]).toEqual(['rejected', 'rejected', { status: 'fulfilled', value: 'b' }]);
});
