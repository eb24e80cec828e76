import { expect, test, vi } from 'vitest';
import { createDelayedActions, UNDO_MS } from './delayed-actions.ts';

function actions() {
  vi.useFakeTimers();
  const ran: string[] = [];
  return { delayed: createDelayedActions(), ran, run: (name: string) => () => void ran.push(name) };
}

test('runs an action after the delay, once', () => {
  const { delayed, ran, run } = actions();
  const undo = delayed.schedule(run('a'));
  vi.advanceTimersByTime(UNDO_MS - 1);
  expect(ran).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ran).toEqual(['a']);
  expect(undo()).toBe(false);
  delayed.flush();
  expect(ran).toEqual(['a']);
});

test('never runs an action that was undone', () => {
  const { delayed, ran, run } = actions();
  const undo = delayed.schedule(run('a'));
  expect(undo()).toBe(true);
  delayed.flush();
  vi.runAllTimers();
  expect(ran).toEqual([]);
});

test('runs all waiting actions at once when the tab is hidden', () => {
  const { delayed, ran, run } = actions();
  delayed.schedule(run('a'));
  delayed.schedule(run('b'));
  delayed.flush();
  expect(ran).toEqual(['a', 'b']);
  expect(vi.getTimerCount()).toBe(0);
});
