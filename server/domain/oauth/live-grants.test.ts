import { expect, test } from 'vitest';
import type { Events, Topic } from '#server/domain/events.ts';
import { createLiveGrants } from './live-grants.ts';

const DEPLOYMENT = 'd';

/** Rows that the test changes, reads that it lets end, and an event bus with the faults of the real one. */
function open() {
  const rows = new Map<string, { revokedAt: Date | null }>();
  const reads: { end: () => void }[] = [];
  let held = false;
  const heard = new Map<Topic, (id: string) => void>();
  const states = new Set<(state: 'up' | 'down') => void>();
  let nowMs = 1_000_000;
  const events: Pick<Events, 'on' | 'onConnection'> = {
    on: (topic, _id, listener) => {
      heard.set(topic, listener);
      return () => heard.delete(topic);
    },
    onConnection: (listener) => {
      states.add(listener);
      return () => states.delete(listener);
    },
  };
  const findMany = async () => {
    const found = [...rows].map(([id, row]) => ({ id, ...row }));
    const { promise, resolve } = Promise.withResolvers<void>();
    reads.push({ end: resolve });
    if (held) await promise;
    return found;
  };
  // of the delegate only this is asked
  const prisma = { oAuthGrant: { findMany } } as unknown as Parameters<typeof createLiveGrants>[0]['prisma'];
  const grants = createLiveGrants({ prisma, events, nowMs: () => nowMs });
  return {
    isLive: (id: string) => grants.isLive(DEPLOYMENT, id),
    rows,
    reads,
    hold: () => (held = true),
    release: () => {
      held = false;
      for (const read of reads) read.end();
    },
    announce: () => heard.get('access')?.(DEPLOYMENT),
    turn: (state: 'up' | 'down') => {
      for (const tell of states) tell(state);
    },
    pass: (ms: number) => (nowMs += ms),
    revoke: (id: string) => rows.set(id, { revokedAt: new Date(nowMs) }),
  };
}

test('is asked of the database once, and again only after something changed', async () => {
  const { isLive, rows, reads, revoke, announce } = open();
  rows.set('g', { revokedAt: null });
  for (let call = 0; call < 5; call += 1) expect(await isLive('g')).toBe(true);
  expect(reads).toHaveLength(1);
  revoke('g');
  announce();
  for (let call = 0; call < 5; call += 1) expect(await isLive('g')).toBe(false);
  expect(reads).toHaveLength(2);
});

test('many callers share one read', async () => {
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
  pass(5_001);
  expect(await isLive('g')).toBe(false);
  rows.set('g', { revokedAt: null });
  turn('up');
  expect(await isLive('g')).toBe(true);
});
