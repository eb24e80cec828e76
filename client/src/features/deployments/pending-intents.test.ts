import { expect, test } from 'vitest';
import { createPendingIntentStore, currentIntent } from './pending-intents.ts';

const before = { updatedAt: '2026-11-20T12:00:01Z', pendingIntent: null };
const after = { updatedAt: '2026-11-20T12:00:02Z', pendingIntent: 'STOP' as const };

function storeWithTimers() {
  const timers: (() => void)[] = [];
  return { store: createPendingIntentStore((run) => timers.push(run)), timers };
}

test('shows an intent at once, and drops it when the server reports a newer state after accepting it', () => {
  const { store } = storeWithTimers();
  const settle = store.begin('a', 'STOP', before.updatedAt);
  expect(currentIntent(store.get('a'), before)).toBe('STOP');
  settle(true);
  expect(currentIntent(store.get('a'), before)).toBe('STOP');
  expect(currentIntent(store.get('a'), after)).toBe('STOP'); // the server reports the intent itself
  expect(currentIntent(store.get('a'), { ...after, pendingIntent: null })).toBeNull();
});

test('removes a refused intent and notifies listeners', () => {
  const { store } = storeWithTimers();
  let changes = 0;
  store.subscribe(() => {
    changes += 1;
  });
  store.begin('a', 'DELETE', null)(false);
  expect(store.get('a')).toBeUndefined();
  expect(changes).toBe(2);
});

test('keeps a newer intent when the response to an older one arrives', () => {
  const { store, timers } = storeWithTimers();
  const settleStop = store.begin('a', 'STOP', null);
  const settleStart = store.begin('a', 'START', null);
  settleStop(false);
  expect(store.get('a')?.intent).toBe('START');
  settleStart(true);
  for (const run of timers) run();
  expect(store.get('a')).toBeUndefined();
});
