import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { driverAddress } from './postgres-address.ts';
import type { Listener, ListenState, SqlConnection } from './sql.ts';

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** A connection is replaced before Fly's proxy in front of Managed Postgres, which drains for ten minutes, cuts it. */
const CONNECTION_SECONDS_MAX = 600;

/** All in milliseconds. */
export type PostgresLimits = {
  /** A statement is ended by the server after this. */
  statement: number;
  /** A transaction in which nothing happens is ended by the server after this, so that it holds no locks for ever. */
  idleTransaction: number;
  /** An answer is waited for as long: the connection may be dead without having said so. */
  answer: number;
  /** How often the connection that listens is asked whether it is alive, and how long it may take to say so. */
  heartbeat: number;
  heartbeatAnswer: number;
};

/** A transaction of ours has 15 s, so neither limit of the server is met by work that goes well. */
const LIMITS: PostgresLimits = {
  statement: 20_000,
  idleTransaction: 30_000,
  answer: 25_000,
  heartbeat: 10_000,
  heartbeatAnswer: 5_000,
};

/** One of the two addresses cannot be connected to; the cause is the error of the driver or the server. */
export class ConnectError extends Error {
  readonly address: 'url' | 'directUrl';

  constructor(address: 'url' | 'directUrl', cause: unknown) {
    super('The database cannot be connected to.', { cause });
    this.name = 'ConnectError';
    this.address = address;
  }
}

/** The settings of the pool. */
export const poolOf = (url: string, directUrl: string, limits: PostgresLimits = LIMITS): pg.PoolConfig => ({
  connectionString: driverAddress(url),
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  keepAlive: true,
  maxLifetimeSeconds: CONNECTION_SECONDS_MAX,
  query_timeout: limits.answer,
  // poolers refuse connections that ask for settings of their own; the other limits hold there as well
  ...(url === directUrl
    ? { statement_timeout: limits.statement, idle_in_transaction_session_timeout: limits.idleTransaction }
    : {}),
});

/**
 * A PostgreSQL server. `directUrl` is an address that is not behind a transaction pooler: LISTEN and the
 * migrator's advisory lock need one.
 */
export async function openPostgres(url: string, directUrl: string, given: Partial<PostgresLimits> = {}) {
  const limits = { ...LIMITS, ...given };
  const pool = poolOf(url, directUrl, limits);
  await (await connect(pool, 'url')).end(); // the pool itself would say what is wrong only when it is first used
  const direct = await connect(
    { connectionString: driverAddress(directUrl), connectionTimeoutMillis: CONNECT_TIMEOUT_MS },
    directUrl === url ? 'url' : 'directUrl',
  );
  const adapter = new PrismaPg(pool);
  const connection: SqlConnection = {
    exec: async (sql) => {
      await direct.query(sql);
    },
    query: async <Row>(sql: string) => (await direct.query(sql)).rows as Row[], // rows have no static type in pg
  };
  const listening = createListener(driverAddress(directUrl), limits);
  return {
    adapter,
    connection,
    listener: listening.listener,
    /** The migrator's connection is not needed after the start. */
    releaseConnection: () => direct.end(),
    close: () => listening.close(),
  };
}

async function connect(config: pg.ClientConfig, address: ConnectError['address']): Promise<pg.Client> {
  try {
    const client = new pg.Client(config);
    client.on('error', () => {}); // reported by the query that fails
    await client.connect();
    return client;
  } catch (cause) {
    throw new ConnectError(address, cause);
  }
}

/**
 * LISTEN on a connection of its own, which is made again when it is lost. A connection can be dead without a word (a
 * firewall that forgot it, a server whose power went): only asking it regularly tells.
 */
function createListener(
  url: string,
  limits: Pick<PostgresLimits, 'heartbeat' | 'heartbeatAnswer'>,
): { listener: Listener; close: () => Promise<void> } {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const connect = async (channel: string, onMessage: (payload: string) => void, onState: (s: ListenState) => void) => {
    const next = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: limits.heartbeatAnswer,
      application_name: 'catwalk-listen',
    });
    let lost = false;
    let heartbeat: NodeJS.Timeout | null = null;
    const onLost = () => {
      if (lost) return; // a killed backend emits several errors and an end
      lost = true;
      if (heartbeat) clearTimeout(heartbeat);
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
    const beat = () => {
      if (!lost) heartbeat = setTimeout(() => next.query('SELECT 1').then(beat, onLost), limits.heartbeat);
    };
    beat();
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
