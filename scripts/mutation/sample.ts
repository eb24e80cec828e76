import { createHash } from 'node:crypto';

/** The `count` items whose hash with the seed is lowest: the same ones at every run, whatever order they come in. */
export function sample<T>(items: readonly T[], count: number, seed: string, keyOf: (item: T) => string): T[] {
  const rank = (item: T): string =>
    createHash('sha256')
      .update(`${seed} ${keyOf(item)}`)
      .digest('hex');
  return items
    .map((item) => ({ item, rank: rank(item) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ item }) => item);
}
