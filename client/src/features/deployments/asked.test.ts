import { expect, test } from 'vitest';
import { askedNow, createAskedStore } from './asked.ts';

const before = { updatedAt: '2026-11-20T12:00:01Z', pendingIntent: null };
const after = { updatedAt: '2026-11-20T12:00:02Z', pendingIntent: 'STOP' as const };

function storeWithTimers() {
  const timers: (() => void)[] = [];
  return { store: createAskedStore((run) => timers.push(run)), timers };
}

test('an intent shows at once, and goes when the server has told something newer after its answer', () => {
  const { store } = storeWithTimers();
  const settle = store.begin('a', 'STOP', before.updatedAt);
  expect(askedNow(store.get('a'), before)).toBe('STOP');
  settle(true);
  expect(askedNow(store.get('a'), before)).toBe('STOP');
  expect(askedNow(store.get('a'), after)).toBe('STOP'); // now by the server's own word
  expect(askedNow(store.get('a'), { ...after, pendingIntent: null })).toBeNull();
});

test('a refused intent is taken back, and says so to whoever shows it', () => {
  const { store } = storeWithTimers();
  let changes = 0;
  store.subscribe(() => {
    changes += 1;
  });
  store.begin('a', 'DELETE', null)(false);
  expect(store.get('a')).toBeUndefined();
  expect(changes).toBe(2);
});

test('the answer to an older intent changes nothing about a newer one', () => {
  const { store, timers } = storeWithTimers();
  const settleStop = store.begin('a', 'STOP', null);
  const settleStart = store.begin('a', 'START', null);
  settleStop(false);
  expect(store.get('a')?.what).toBe('START');
  settleStart(true);
  for (const run of timers) run();
  expect(store.get('a')).toBeUndefined();
});
