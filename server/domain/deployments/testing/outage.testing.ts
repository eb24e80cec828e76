import type { Database, Transaction } from '#prisma/client.ts';

/** The state of the database as workers see it: a failover is under way, or its disk is full. */
export type Outage = { state: 'up' | 'away' | 'full' };

/** An error that a simulated outage causes. */
export class OutageError extends Error {}

const MESSAGES = {
  away: "Can't reach database server: a failover is under way.",
  full: 'Database error. Code: `53100`. Message: `could not extend file: No space left on device`',
};
const WRITES = /^(create|update|upsert|delete|\$executeRaw|\$queryRaw)/;

/** Lets calls fail as the outage says, before they are carried out. */
function failing<T extends object>(target: T, outage: Outage): T {
  return new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key);
      if (typeof value === 'object' && value !== null) return failing(value, outage);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const { state } = outage;
        if (state === 'away' || (state === 'full' && WRITES.test(String(key))))
          return Promise.reject(new OutageError(MESSAGES[state]));
        return Reflect.apply(value, object, args);
      };
    },
  });
}

/** The database with outages. An error in a transaction rolls it back. */
export const withOutages = (database: Database, outage: Outage): Database => ({
  ...database,
  prisma: failing(database.prisma, outage),
  transaction: async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    if (outage.state === 'away') throw new OutageError(MESSAGES.away);
    return database.transaction(async (tx) => {
      const result = await work(failing(tx, outage));
      if (outage.state === 'away') throw new OutageError(MESSAGES.away); // the connection broke before the commit
      return result;
    });
  },
});
