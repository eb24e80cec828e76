import type { Database, Transaction } from '#prisma/client.ts';
import type { Timers } from '../reconcile/timers.ts';

const NEVER = new Promise<never>(() => {});

/** A worker's life: once it is over, nothing the worker calls is carried out, and nothing is answered to it any more. */
export type Life = {
  dead: boolean;
  /** Asked before and after each call that leaves the process, as `machines.create` or `prisma.machine.update`. */
  dieAt: ((call: string, when: 'before' | 'after') => boolean) | null;
  onDeath: () => void;
};

export const newLife = (dieAt: Life['dieAt'] = null, onDeath: Life['onDeath'] = () => {}): Life => ({
  dead: false,
  dieAt,
  onDeath,
});

export const kill = (life: Life): void => {
  if (life.dead) return;
  life.dead = true;
  life.onDeath();
};

const dies = (life: Life, call: string, when: 'before' | 'after'): boolean => {
  if (!life.dead && life.dieAt?.(call, when)) kill(life);
  return life.dead;
};

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/**
 * As kill -9 looks from outside: what was sent is carried out, its answer reaches nobody, and not a word comes after
 * it. `onDead` says what a call of the dead gives: silence, or inside a transaction an error, so that it rolls back.
 */
export function mortal<T extends object>(target: T, life: Life, name: string, onDead: () => unknown = () => NEVER): T {
  return new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key);
      const call = `${name}.${String(key)}`;
      if (typeof value === 'object' && value !== null) return mortal(value, life, call, onDead);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (dies(life, call, 'before')) return onDead();
        const result: unknown = Reflect.apply(value, object, args);
        if (!isThenable(result)) return result;
        return new Promise((resolve, reject) => {
          const settle = (deliver: () => void) => {
            if (dies(life, call, 'after')) Promise.resolve(onDead()).then(resolve, reject);
            else deliver();
          };
          result.then(
            (answer) => settle(() => resolve(answer)),
            (error: unknown) => settle(() => reject(error)),
          );
        });
      };
    },
  });
}

class KilledError extends Error {}

/** The connection of a killed process breaks: its transaction is rolled back. */
export function mortalDatabase(database: Database, life: Life): Pick<Database, 'prisma' | 'transaction'> {
  const roundOff = (): never => {
    throw new KilledError();
  };
  return {
    prisma: mortal(database.prisma, life, 'prisma'),
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        if (dies(life, 'transaction', 'before')) return;
        database
          .transaction(async (tx) => {
            const result = await work(mortal(tx, life, 'tx', async () => roundOff()));
            return life.dead ? roundOff() : result;
          })
          .then(
            (result) => dies(life, 'transaction', 'after') || resolve(result),
            (error: unknown) => life.dead || reject(error),
          );
      }),
  };
}

/** Timers of the dead do not fire. */
export function mortalTimers(timers: Timers, life: Life): Timers {
  const guarded = (run: () => void) => () => {
    if (!life.dead) run();
  };
  return {
    after: (milliseconds, run) => timers.after(milliseconds, guarded(run)),
    every: (milliseconds, run) => {
      const stop = timers.every(milliseconds, () => (life.dead ? stop() : run()));
      return stop;
    },
  };
}
