import { expect, test } from 'vitest';
import type { Events, Topic } from '#server/domain/events.ts';
import { createLiveGrants } from './live-grants.ts';

const DEPLOYMENT = 'd';

/** Rows that the test changes, reads that it lets end, and an event bus with the faults of the real one. */
function open() {
  const rows = new Map<string, { revokedAt: Date | null }>();
  const reads: { end: () => void }[] = [];
  let held = false;
  const listeners = new Map<Topic, (id: string) => void>();
  const states = new Set<(state: 'up' | 'down') => void>();
  let nowMs = 1_000_000;
  const events: Pick<Events, 'on' | 'onConnection'> = {
    on: (topic, _id, listener) => {
      listeners.set(topic, listener);
      return () => listeners.delete(topic);
    },
    onConnection: (listener) => {
      states.add(listener);
      return () => states.delete(listener);
    },
  };
  const queries: unknown[] = [];
  let failure: Error | null = null;
  const findMany = async (query: unknown) => {
    queries.push(query);
    if (failure) throw failure;
    const found = [...rows].map(([id, row]) => ({ id, ...row }));
    const { promise, resolve } = Promise.withResolvers<void>();
    reads.push({ end: resolve });
    if (held) await promise;
    return found;
  };
  // the service calls only this method of the delegate
  const prisma = { oAuthGrant: { findMany } } as unknown as Parameters<typeof createLiveGrants>[0]['prisma'];
  const grants = createLiveGrants({ prisma, events, nowMs: () => nowMs });
  return {
    isLive: (id: string, deploymentId = DEPLOYMENT) => grants.isLive(deploymentId, id),
    close: grants.close,
    queries,
    fail: (error: Error | null) => {
      failure = error;
    },
    rows,
    reads,
    hold: () => (held = true),
    release: () => {
      held = false;
      for (const read of reads) read.end();
    },
    announce: () => listeners.get('access')?.(DEPLOYMENT),
    turn: (state: 'up' | 'down') => {
      for (const listener of states) listener(state);
    },
    pass: (ms: number) => (nowMs += ms),
    revoke: (id: string) => rows.set(id, { revokedAt: new Date(nowMs) }),
  };
}

test('reads the database once, and again only after something changed', async () => {
  const { isLive, rows, reads, revoke, announce } = open();
  rows.set('g', { revokedAt: null });
  for (let call = 0; call < 5; call += 1) expect(await isLive('g')).toBe(true);
  expect(reads).toHaveLength(1);
  revoke('g');
  announce();
  for (let call = 0; call < 5; call += 1) expect(await isLive('g')).toBe(false);
  expect(reads).toHaveLength(2);
});

test('shares one read among many callers', async () => {
  const { isLive, rows, reads, hold, release } = open();
  rows.set('g', { revokedAt: null });
  hold();
  const answers = [isLive('g'), isLive('g'), isLive('g')];
  release();
  expect(await Promise.all(answers)).toEqual([true, true, true]);
  expect(reads).toHaveLength(1);
});

test('finds a grant that another instance made just now without announcing it', async () => {
  const { isLive, rows, reads } = open();
  rows.set('old', { revokedAt: null });
  await isLive('old');
  rows.set('new', { revokedAt: null });
  expect(await isLive('new')).toBe(true);
  expect(reads).toHaveLength(2);
});

test('a read that began before a revocation is not believed after it', async () => {
  const { isLive, rows, hold, release, revoke, announce } = open();
  rows.set('g', { revokedAt: null });
  hold();
  const early = isLive('g');
  revoke('g');
  announce();
  release();
  expect(await early).toBe(false);
  expect(await isLive('g')).toBe(false);
});

test('while messages can be missed an answer is believed for five seconds, and never across the gap', async () => {
  const { isLive, rows, revoke, turn, pass } = open();
  rows.set('g', { revokedAt: null });
  expect(await isLive('g')).toBe(true);
  turn('down');
  revoke('g');
  pass(5_000);
  expect(await isLive('g')).toBe(true);
  pass(1);
  expect(await isLive('g')).toBe(false);
  rows.set('g', { revokedAt: null });
  turn('up');
  expect(await isLive('g')).toBe(true);
});

test('reads the grants of one deployment that can still have valid tokens', async () => {
  const { isLive, queries } = open();
  await isLive('g');
  const since = new Date(1_000_000 - 2 * 3_600_000);
  expect(queries[0]).toMatchObject({
    where: {
      connection: { deploymentId: DEPLOYMENT },
      expiresAt: { gt: since },
      OR: [{ revokedAt: null }, { revokedAt: { gt: since } }],
    },
  });
});

test('an unknown grant does not live, and costs one read for each call', async () => {
  const { isLive, rows, reads } = open();
  rows.set('g', { revokedAt: null });
  expect(await isLive('x')).toBe(false);
  expect(reads).toHaveLength(1);
  expect(await isLive('x')).toBe(false);
  expect(reads).toHaveLength(2);
});

test('a read that failed is tried again by the next caller', async () => {
  const { isLive, rows, fail } = open();
  rows.set('g', { revokedAt: null });
  fail(new Error('away'));
  await expect(isLive('g')).rejects.toThrow('away');
  fail(null);
  expect(await isLive('g')).toBe(true);
});

test('grants that change at every read do not keep their caller for ever', async () => {
  const { isLive, reads, rows, announce, hold } = open();
  rows.set('g', { revokedAt: null });
  hold();
  const asked = isLive('g');
  for (let read = 0; read < 5; read += 1) {
    announce();
    reads[read]?.end();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await asked).toBe(true);
  expect(reads).toHaveLength(5);
});

test('keeps the grants of ten thousand deployments', async () => {
  const { isLive, rows, reads } = open();
  rows.set('g', { revokedAt: null });
  for (let i = 0; i <= 10_000; i += 1) await isLive('g', `d${i}`);
  await isLive('g', 'd1');
  expect(reads).toHaveLength(10_001);
  await isLive('g', 'd0');
  expect(reads).toHaveLength(10_002);
});

test('receives no further events once it is closed', async () => {
  const { isLive, rows, reads, close, announce, turn } = open();
  rows.set('g', { revokedAt: null });
  await isLive('g');
  close();
  announce();
  turn('up');
  await isLive('g');
  expect(reads).toHaveLength(1);
});
