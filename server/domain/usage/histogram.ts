/** Durations are counted in buckets, each a quarter of a doubling wide: a percentile is off by a tenth at most. */
const STEPS_PER_DOUBLING = 4;
const SMALLEST_MS = 0.25;
/** Up to 12 minutes; what takes longer is in the last one. */
export const BUCKETS = 88;

export function bucketOf(durationMs: number): number {
  if (durationMs <= SMALLEST_MS) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log2(durationMs / SMALLEST_MS) * STEPS_PER_DOUBLING));
}

/** The upper bound of a bucket, in milliseconds. */
export const boundOf = (bucket: number): number => SMALLEST_MS * 2 ** (bucket / STEPS_PER_DOUBLING);

/** The duration below which `share` (0 to 1) of the calls stayed, in milliseconds; null without calls. */
export function percentile(buckets: readonly number[], share: number): number | null {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = share * total;
  let below = 0;
  for (const [bucket, count] of buckets.entries()) {
    if (count > 0 && below + count >= rank) {
      const lower = bucket === 0 ? 0 : boundOf(bucket - 1);
      return lower + (boundOf(bucket) - lower) * ((rank - below) / count);
    }
    below += count;
  }
  return boundOf(BUCKETS - 1);
}

/** So few durations are kept as they were: a percentile of a handful of calls would be a guess between two buckets. */
export const SAMPLES_MAX = 20;

/** The duration within which `share` of the calls stayed: one of them, the nearest rank. Null without calls. */
export function exactPercentile(durations: readonly number[], share: number): number | null {
  const rank = Math.max(1, Math.ceil(share * durations.length));
  return durations.toSorted((a, b) => a - b)[rank - 1] ?? null;
}

export function addBuckets(into: number[], from: readonly number[]): number[] {
  for (const [bucket, count] of from.entries()) into[bucket] = (into[bucket] ?? 0) + count;
  return into;
}
