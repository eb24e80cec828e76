import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Listener, ListenState, SqlConnection } from './sql.ts';

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A PostgreSQL server. `directUrl` is an address that is not behind a transaction pooler: LISTEN and the
 * migrator's advisory lock need one.
 */
export async function openPostgres(url: string, directUrl: string) {
  const adapter = new PrismaPg({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  const direct = new pg.Client({ connectionString: directUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  direct.on('error', () => {}); // reported by the query that fails
  await direct.connect();
  const connection: SqlConnection = {
    exec: async (sql) => {
      await direct.query(sql);
    },
    query: async <Row>(sql: string) => (await direct.query(sql)).rows as Row[], // rows have no static type in pg
  };
  const listening = createListener(directUrl);
  return {
    adapter,
    connection,
    listener: listening.listener,
    /** The migrator's connection is not needed after the start. */
    releaseConnection: () => direct.end(),
    close: () => listening.close(),
  };
}

function createListener(url: string): { listener: Listener; close: () => Promise<void> } {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const connect = async (channel: string, onMessage: (payload: string) => void, onState: (s: ListenState) => void) => {
    const next = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'catwalk-listen',
    });
    let lost = false;
    const onLost = () => {
      if (lost) return; // a killed backend emits several errors and an end
      lost = true;
      if (client === next) onState('down');
      client = null;
      void next.end().catch(() => {}); // it is gone already
      if (!closed) reconnect(RECONNECT_MIN_MS);
    };
    const reconnect = (delayMs: number) => {
      timer = setTimeout(() => {
        connect(channel, onMessage, onState).catch(() => {
          if (!closed) reconnect(Math.min(delayMs * 2, RECONNECT_MAX_MS));
        });
      }, delayMs);
    };
    next.on('notification', (message) => onMessage(message.payload ?? ''));
    try {
      await next.connect();
      await next.query(`LISTEN "${channel}"`);
    } catch (cause) {
      lost = true; // the caller retries
      next.on('error', () => {});
      await next.end().catch(() => {});
      throw cause;
    }
    if (closed) {
      await next.end();
      return;
    }
    next.on('error', onLost);
    next.on('end', onLost);
    client = next;
    onState('up');
  };

  return {
    listener: { listen: connect },
    close: async () => {
      closed = true;
      if (timer) clearTimeout(timer);
      await client?.end();
    },
  };
}
