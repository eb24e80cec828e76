import { connect, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from './client.ts';
import type { ListenState } from './sql.ts';
import { startPostgres } from './test-postgres.testing.ts';

let postgres: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const user = (id: string) => ({ id, name: id, email: `${id}@example.com` });

describe.each(['pglite', 'postgres'] as const)('on %s', (kind) => {
  let database: Database;
  const open = () =>
    openDatabase(kind === 'pglite' ? { kind, directory: null } : { kind: 'postgres', url: postgres.url });
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  it('applies every migration once, also when instances start together', async () => {
    expect(database.migrated.length).toBeGreaterThan(0);
    if (kind === 'pglite') return; // one process per folder
    const others = await Promise.all([open(), open()]);
    for (const other of others) {
      expect(other.migrated).toEqual([]);
      await other.close();
    }
  });

  it('undoes a transaction that throws, its notifications too', async () => {
    const heard: string[] = [];
    await database.listener.listen(
      `undo_${kind}`,
      (payload) => heard.push(payload),
      () => {},
    );
    const failing = database.transaction(async (tx) => {
      await tx.user.create({ data: user('undone') });
      await tx.$executeRaw`SELECT pg_notify(${`undo_${kind}`}, 'never')`;
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await database.prisma.user.count()).toBe(0);
    await database.prisma.$executeRaw`SELECT pg_notify(${`undo_${kind}`}, 'after')`;
    await expect.poll(() => heard).toEqual(['after']);
  });

  it('throws instead of waiting for ever when the outer client is used inside a transaction', async () => {
    const wrong = database.transaction(() => database.prisma.user.count());
    await expect(wrong).rejects.toThrow('use tx');
    const nested = database.transaction(() => database.transaction(async () => 1));
    await expect(nested).rejects.toThrow('inside a transaction');
  });

  it('lets work that was started in a transaction use the client after it', async () => {
    let later: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      later = resolve;
    });
    let counted: Promise<number> = Promise.resolve(-1);
    await database.transaction(async (tx) => {
      await tx.user.count();
      counted = gate.then(() => database.prisma.user.count());
    });
    later();
    expect(await counted).toBe(0);
  });
});

it('listens again after its connection was killed, and says that something may have been missed', async () => {
  const database = await openDatabase({ kind: 'postgres', url: postgres.url });
  const heard: string[] = [];
  const states: ListenState[] = [];
  await database.listener.listen(
    'after_kill',
    (payload) => heard.push(payload),
    (state) => states.push(state),
  );
  const other = new pg.Client({ connectionString: postgres.url });
  await other.connect();
  try {
    await other.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'catwalk-listen'",
    );
    await expect.poll(() => states, { timeout: 60_000 }).toEqual(['up', 'down', 'up']);
    await other.query("SELECT pg_notify('after_kill', 'back')");
    await expect.poll(() => heard).toEqual(['back']);
  } finally {
    await other.end();
    await database.close();
  }
});

/** A way to the server that can fall silent without closing anything, as a firewall does that forgets a connection. */
async function openSilentWay() {
  const { hostname, port } = new URL(postgres.url);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => sockets.add(socket.on('error', () => {})); // ends with the other side
  const server: Server = createServer((socket) => {
    const onward = connect(Number(port), hostname);
    socket.pipe(onward).pipe(socket);
    keep(socket);
    keep(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(postgres.url);
  const address = server.address();
  url.port = typeof address === 'object' && address ? String(address.port) : '';
  return {
    url: url.href,
    /** Nothing comes through on the connections there are; new ones work. */
    silence: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

it('notices that its connection fell silent, listens on a new one, and says that something may have been missed', async () => {
  const way = await openSilentWay();
  const limits = { heartbeat: 20, heartbeatAnswer: 1_000 };
  const database = await openDatabase({ kind: 'postgres', url: postgres.url, directUrl: way.url, limits });
  const heard: string[] = [];
  const states: ListenState[] = [];
  try {
    await database.listener.listen(
      'after_silence',
      (payload) => heard.push(payload),
      (state) => states.push(state),
    );
    way.silence();
    await expect.poll(() => states, { timeout: 60_000 }).toEqual(['up', 'down', 'up']);
    await database.prisma.$executeRaw`SELECT pg_notify('after_silence', 'back')`;
    await expect.poll(() => heard).toEqual(['back']);
  } finally {
    await database.close();
    way.close();
  }
});

it('gives a query up whose connection fell silent, and does not use that connection again', async () => {
  const way = await openSilentWay();
  const database = await openDatabase({ kind: 'postgres', url: way.url, limits: { answer: 500 } });
  try {
    await database.prisma.user.count();
    way.silence();
    await expect(database.prisma.user.count()).rejects.toThrow();
    expect(await database.prisma.user.count()).toBe(0);
  } finally {
    way.close();
    await database.close();
  }
});

it('lets the server end statements and idle transactions, where no pooler is in between', async () => {
  const settings = async (directUrl?: string) => {
    const limits = { statement: 12_345, idleTransaction: 23_456 };
    const options = { kind: 'postgres', url: postgres.url, limits } as const;
    const database = await openDatabase(directUrl === undefined ? options : { ...options, directUrl });
    try {
      return await database.prisma.$queryRaw`SELECT current_setting('statement_timeout') AS statement,
        current_setting('idle_in_transaction_session_timeout') AS idle`;
    } finally {
      await database.close();
    }
  };
  expect(await settings()).toEqual([{ statement: '12345ms', idle: '23456ms' }]);
  expect(await settings(`${postgres.url}?`)).toEqual([{ statement: '0', idle: '0' }]);
});
