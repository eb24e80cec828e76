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
    await expect.poll(() => states, { timeout: 10_000 }).toEqual(['up', 'down', 'up']);
    await other.query("SELECT pg_notify('after_kill', 'back')");
    await expect.poll(() => heard).toEqual(['back']);
  } finally {
    await other.end();
    await database.close();
  }
});
