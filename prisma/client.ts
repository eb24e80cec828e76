import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaClient } from './generated/client/client.ts';
import { migrate } from './migrate.ts';
import { openPglite } from './pglite.ts';
import { openPostgres, type PostgresLimits } from './postgres.ts';
import type { Listener } from './sql.ts';

export type { PrismaClient } from './generated/client/client.ts';

/** The client inside an interactive transaction. */
export type Transaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0];

/** Either: what a query needs that may run in a transaction of its caller. */
export type Queryable = PrismaClient | Transaction;

export type DatabaseOptions =
  | { kind: 'pglite'; directory: string | null; dump?: Blob }
  | { kind: 'postgres'; url: string; directUrl?: string; limits?: Partial<PostgresLimits> };

export type Database = {
  kind: DatabaseOptions['kind'];
  prisma: PrismaClient;
  /**
   * An interactive transaction. Inside it only `tx` may be used: the embedded database has one connection, so the
   * outer client would wait for itself for ever; it throws instead. No network calls in here.
   */
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  listener: Listener;
  /** Resolves with the reason when the embedded database cannot go on in this process. */
  broken: Promise<Error>;
  /** Names of the migrations that this start applied. */
  migrated: string[];
  close: () => Promise<void>;
};

/** A database of its own recovers by itself. */
const NEVER = new Promise<Error>(() => {});
const TRANSACTION_MS_MAX = 15_000;
const TRANSACTION_WAIT_MS_MAX = 15_000;

/** Opens the database, brings its schema up to date, and returns the one client of this process. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const opened =
    options.kind === 'pglite'
      ? { releaseConnection: async () => {}, ...(await openPglite(options.directory, options.dump)) }
      : { broken: NEVER, ...(await openPostgres(options.url, options.directUrl ?? options.url, options.limits)) };
  const migrated = await migrate(opened.connection).finally(opened.releaseConnection);

  const raw = new PrismaClient({
    adapter: opened.adapter,
    errorFormat: 'minimal', // else errors print the arguments of the query, which may hold secrets
    transactionOptions: { timeout: TRANSACTION_MS_MAX, maxWait: TRANSACTION_WAIT_MS_MAX },
  });
  const scope = new AsyncLocalStorage<{ open: boolean; afterCommit: (() => void)[] }>();
  const outside = AsyncLocalStorage.snapshot();
  const guarded = raw.$extends({
    query: {
      $allOperations: ({ args, query, model, operation }) => {
        if (scope.getStore()?.open) {
          throw new Error(`${model ?? ''}.${operation} was called on the outer client inside a transaction: use tx.`);
        }
        return query(args);
      },
    },
  });

  return {
    kind: options.kind,
    // $extends only adds the guard: the operations and their types stay those of PrismaClient
    prisma: guarded as unknown as PrismaClient,
    transaction: async (work) => {
      if (scope.getStore()?.open) throw new Error('A transaction was opened inside a transaction: pass tx on.');
      const store = { open: true, afterCommit: [] };
      const result = await scope.run(store, async () => {
        try {
          return await raw.$transaction(work);
        } finally {
          store.open = false; // work that was started here and outlives the transaction may use the client again
        }
      });
      for (const run of store.afterCommit) outside(run);
      return result;
    },
    listener: {
      ...opened.listener,
      ...(options.kind === 'postgres'
        ? {
            afterCommit: (run) => {
              const store = scope.getStore();
              if (store?.open) store.afterCommit.push(run);
              else outside(run);
            },
          }
        : {}),
    },
    broken: opened.broken,
    migrated,
    close: async () => {
      await raw.$disconnect();
      await opened.close();
    },
  };
}
