import { afterEach, describe, expect, test, vi } from 'vitest';
import { openRouteTable, route } from './route-table.testing.ts';
import { RouteUnavailableError } from './route-table.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('while the database is away', () => {
  /** A known route, events that stopped, and reads that fail. */
  async function lose(outageMsMax?: number) {
    const world = openRouteTable(outageMsMax);
    await world.fill('a');
    world.bus.turn('down');
    const failing = async (id: string) => {
      const asked = world.table.resolve(id);
      world.reads.at(-1)?.fail(new Error('away'));
      return asked;
    };
    return { ...world, failing };
  }

  test('believes a route for a minute after it was last certain', async () => {
    const { failing, pass } = await lose();
    pass(5_001);
    expect(await failing('a')).toEqual(route('a'));
    pass(54_999);
    expect(await failing('a')).toEqual(route('a'));
    pass(1);
    await expect(failing('a')).rejects.toThrow(RouteUnavailableError);
  });

  test('counts the minute from the first loss of events, not from the last read', async () => {
    const { table, reads, fill, bus, pass } = openRouteTable();
    const failing = async () => {
      const asked = table.resolve('a');
      reads.at(-1)?.fail(new Error('away'));
      return asked;
    };
    await fill('a');
    pass(3_600_000);
    bus.turn('down');
    pass(30_000);
    bus.turn('down');
    pass(30_000);
    expect(await failing()).toEqual(route('a'));
    pass(1_000);
    await expect(failing()).rejects.toThrow(RouteUnavailableError);
  });

  test('knows nothing of a deployment that it has not read', async () => {
    const { failing } = await lose();
    await expect(failing('b')).rejects.toThrow(RouteUnavailableError);
  });

  test('tries a failing read again after a second', async () => {
    const { failing, table, reads, pass } = await lose();
    pass(5_001);
    await failing('a');
    expect(reads).toHaveLength(2);
    pass(999);
    expect(await table.resolve('a')).toEqual(route('a'));
    expect(reads).toHaveLength(2);
    pass(1);
    await failing('a');
    expect(reads).toHaveLength(3);
  });

  test('waits a second for a slow read, and keeps its result for later', async () => {
    vi.useFakeTimers();
    const { table, reads, pass } = await lose();
    pass(5_001);
    let settled = false;
    const asked = table.resolve('a').finally(() => {
      settled = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await asked).toEqual(route('a'));
    reads.at(-1)?.answer(route('a', 'STOPPED'));
    await vi.advanceTimersByTimeAsync(0);
    expect(table.peek('a')?.status).toBe('STOPPED');
  });

  test('waits for a slow read as long as it takes where nothing is known', async () => {
    vi.useFakeTimers();
    const { table, reads } = await lose();
    const asked = table.resolve('b');
    await vi.advanceTimersByTimeAsync(3_600_000);
    reads.at(-1)?.answer(route('b'));
    expect(await asked).toEqual(route('b'));
  });

  test('believes a route for the time that is set', async () => {
    const { failing, pass } = await lose(7_000);
    pass(7_000);
    expect(await failing('a')).toEqual(route('a'));
    pass(1_000);
    await expect(failing('a')).rejects.toMatchObject({ name: 'RouteUnavailableError', cause: new Error('away') });
  });
});

test('uses a stale route while it cannot be read, with events or without', async () => {
  const { table, reads, fill, pass } = openRouteTable();
  await fill('a');
  pass(3_600_000);
  table.markStale('a');
  const asked = table.resolve('a');
  reads.at(-1)?.fail(new Error('away'));
  expect(await asked).toEqual(route('a'));
});
