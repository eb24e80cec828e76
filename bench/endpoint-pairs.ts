import path from 'node:path';
import { endAll, isInstalled, type Load, load, startServer } from './endpoint-contest.ts';

type Contest = typeof import('./endpoint-contest.ts');

export type Pair = { other: Load; this: Load };

const CONNECTIONS = 32;
/** Until compilers have seen enough. */
const WARM_SECONDS = 8;
/** Short, and in turns: what else the computer does meets both sides alike. */
const SECONDS = 2;

/**
 * Calls through the endpoints of two checkouts, over one upstream, in turns; each round begins with the other side than the
 * round before. Empty where `wrk` is missing.
 */
export async function measureEndpoints(otherCheckout: string, rounds: number): Promise<Pair[]> {
  if (!isInstalled('wrk', '-v')) return [];
  const other: Contest = await import(path.join(otherCheckout, 'bench/endpoint-contest.ts'));
  try {
    const upstream = await startServer('upstream');
    const contestants = {
      other: await other.startServer('front', upstream.origin),
      this: await startServer('front', upstream.origin),
    };
    const measure = (side: keyof Pair) => load(contestants[side], CONNECTIONS, SECONDS);
    for (const contestant of Object.values(contestants)) await load(contestant, CONNECTIONS, WARM_SECONDS);
    const pairs: Pair[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const first = round % 2 === 0 ? 'other' : 'this';
      const second = round % 2 === 0 ? 'this' : 'other';
      const measured = { [first]: await measure(first), [second]: await measure(second) };
      pairs.push(measured as Pair); // one of each
    }
    return pairs;
  } finally {
    await Promise.all([endAll(), other.endAll()]);
  }
}
