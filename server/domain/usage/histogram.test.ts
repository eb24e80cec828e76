import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUCKETS, boundOf, bucketOf, percentile } from './histogram.ts';

test('every duration falls into the bucket that bounds it', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 700_000, noNaN: true }), (durationMs) => {
      const bucket = bucketOf(durationMs);
      expect(durationMs).toBeLessThanOrEqual(boundOf(bucket) * 1.000_001);
      if (bucket > 0) expect(durationMs).toBeGreaterThan(boundOf(bucket - 1) * 0.999_999);
    }),
  );
});

test('longer than the longest is the last bucket', () => {
  expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBe(BUCKETS - 1);
});

test('a percentile is off by a fifth at most, and by a tenth as a rule', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.95),
      (durations, share) => {
        const buckets = new Array<number>(BUCKETS).fill(0);
        for (const duration of durations) buckets[bucketOf(duration)] = (buckets[bucketOf(duration)] ?? 0) + 1;
        const exact = durations.toSorted((a, b) => a - b)[Math.ceil(share * durations.length) - 1] ?? 0;
        const found = percentile(buckets, share) ?? 0;
        expect(Math.abs(found - exact) / exact).toBeLessThan(0.2);
      },
    ),
  );
});

test('without calls there is no percentile', () => {
  expect(percentile([], 0.5)).toBeNull();
  expect(percentile(new Array<number>(BUCKETS).fill(0), 0.5)).toBeNull();
});
