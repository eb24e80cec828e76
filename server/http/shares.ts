/**
 * Limits on concurrent holdings of one key and of all keys together, such as bodies of a network or streams of a user.
 */
export type ShareLimits = { perKeyMax: number; totalMax: number };

export interface Shares {
  /** Takes an amount for a key until the returned function is called, which may be done twice. Null: no room. */
  take(key: string, amount?: number): (() => void) | null;
  /** How much a key holds. */
  held(key: string): number;
  total(): number;
}

/** Counts what is held now, by key, in this process. */
export function createShares({ perKeyMax, totalMax }: ShareLimits): Shares {
  const byKey = new Map<string, number>();
  let total = 0;
  const add = (key: string, amount: number) => {
    const held = (byKey.get(key) ?? 0) + amount;
    total += amount;
    if (held > 0) byKey.set(key, held);
    else byKey.delete(key);
  };
  return {
    take: (key, amount = 1) => {
      if ((byKey.get(key) ?? 0) + amount > perKeyMax || total + amount > totalMax) return null;
      add(key, amount);
      let isHeld = true;
      return () => {
        if (isHeld) add(key, -amount);
        isHeld = false;
      };
    },
    held: (key) => byKey.get(key) ?? 0,
    total: () => total,
  };
}
