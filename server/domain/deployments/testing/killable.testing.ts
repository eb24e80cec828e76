import type { Database, Transaction } from '#prisma/client.ts';
import type { Timers } from '../../timers.ts';

const NEVER = new Promise<never>(() => {});

/** The life of a worker: after its end no call of the worker is carried out or answered. */
export type Life = {
  dead: boolean;
  /** Decides before and after each call that leaves the process, such as `machines.create` or `prisma.machine.update`. */
  dieAt: ((call: string, when: 'before' | 'after') => boolean) | null;
  onDeath: () => void;
  died: Promise<void>;
};

export function newLife(dieAt: Life['dieAt'] = null, onDeath: () => void = () => {}): Life {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  return {
    dead: false,
    dieAt,
    onDeath: () => {
      resolve();
      onDeath();
    },
    died,
  };
}

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
 * Looks like kill -9 from outside: a request that was sent is carried out, its answer is lost, and no request follows.
 * `onDead` is the result of a call of a dead worker: none, or an error in a transaction, which rolls it back.
 */
export function killable<T extends object>(
  target: T,
  life: Life,
  name: string,
  onDead: () => unknown = () => NEVER,
): T {
  return new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key);
      const call = `${name}.${String(key)}`;
      if (typeof value === 'object' && value !== null) return killable(value, life, call, onDead);
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

/** The connection of a killed process breaks, which rolls its transaction back. */
export function killableDatabase(database: Database, life: Life): Pick<Database, 'prisma' | 'transaction'> {
  const roundOff = (): never => {
    throw new KilledError();
  };
  return {
    prisma: killable(database.prisma, life, 'prisma'),
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        if (dies(life, 'transaction', 'before')) return;
        database
          .transaction(async (tx) => {
            const result = await work(killable(tx, life, 'tx', async () => roundOff()));
            return life.dead ? roundOff() : result;
          })
          .then(
            (result) => dies(life, 'transaction', 'after') || resolve(result),
            (error: unknown) => life.dead || reject(error),
          );
      }),
  };
}

/** Timers of a dead worker do not fire. */
export function killableTimers(timers: Timers, life: Life): Timers {
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
