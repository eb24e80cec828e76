import { AsyncLocalStorage } from 'node:async_hooks';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { Listener, SqlConnection } from './sql.ts';

/**
 * The embedded database: PostgreSQL in WebAssembly inside this process, in `directory` or (null) in memory.
 * It survives the death of the process, not of the computer: fsync is off. One process per folder: take the
 * data folder's lock first.
 */
export async function openPglite(directory: string | null) {
  const db = await PGlite.create(directory === null ? {} : { dataDir: directory });
  const connection: SqlConnection = {
    exec: async (sql) => {
      await db.exec(sql);
    },
    query: async <Row>(sql: string) => (await db.query<Row>(sql)).rows,
  };
  const listener: Listener = {
    listen: async (channel, onMessage, onState) => {
      // Notifications arrive inside the call that committed: its transaction's context must not reach the listeners.
      const outside = AsyncLocalStorage.snapshot();
      await db.listen(channel, (payload) => outside(onMessage, payload));
      onState('up');
    },
  };
  return { adapter: new PrismaPGlite(db), connection, listener, close: () => db.close() };
}
