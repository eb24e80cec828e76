import { AsyncLocalStorage } from 'node:async_hooks';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { isLogFull } from './disk-full.ts';
import type { Listener, SqlConnection } from './sql.ts';

/** The operating system caches the files as well: of PostgreSQL's own 128 MB most was kept twice. It has one connection. */
const SETTINGS = ['-c', 'shared_buffers=32MB', '-c', 'max_connections=10'];

/**
 * The embedded database: PostgreSQL in WebAssembly inside this process, in `directory` or (null) in memory.
 * It survives the death of the process, not of the computer: fsync is off. One process per folder: take the
 * data folder's lock first. An empty one begins as a copy of `dump`, if there is one, instead of being initialized.
 */
export async function openPglite(directory: string | null, dump?: Blob) {
  const db = await PGlite.create({
    startParams: [...PGlite.defaultStartParams, ...SETTINGS],
    ...(directory === null ? {} : { dataDir: directory }),
    ...(dump === undefined ? {} : { loadDataDir: dump }),
  });
  const broken = stopWhenLogIsFull(db);
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
  return {
    adapter: new PrismaPGlite(db),
    connection,
    listener,
    broken,
    /** The files of the database, for another one to begin with. */
    dump: () => db.dumpDataDir('none'),
    close: () => db.close(),
  };
}

/**
 * Where PostgreSQL ends because it cannot write its log, PGlite goes on, and its next query never returns and blocks the
 * process. Refuses every query from then on; resolves with the reason.
 */
function stopWhenLogIsFull(db: PGlite): Promise<Error> {
  const { promise, resolve } = Promise.withResolvers<Error>();
  let stopped: Error | null = null;
  const guarded =
    <Given extends unknown[], Answer>(send: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      if (stopped) throw stopped;
      try {
        return await send(...given);
      } catch (error) {
        if (!isLogFull(error)) throw error;
        stopped = new Error('The embedded database has stopped: No space left on device.', { cause: error });
        resolve(stopped);
        throw stopped;
      }
    };
  db.execProtocol = guarded(db.execProtocol.bind(db));
  db.execProtocolStream = guarded(db.execProtocolStream.bind(db));
  return promise;
}
