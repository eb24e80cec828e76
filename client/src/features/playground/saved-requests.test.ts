import { expect, test } from 'vitest';
import { createTabStorage } from '../../drafts/tab-storage.ts';
import { createSavedRequests, labelOf } from './saved-requests.ts';

const values = new Map<string, string>();
const storage = createTabStorage({
  length: 0,
  key: () => null,
  getItem: (key) => values.get(key) ?? null,
  setItem: (key, value) => void values.set(key, value),
  removeItem: (key) => void values.delete(key),
  clear: () => values.clear(),
});
const greet = (name: string) => ({ kind: 'tool', name: 'greet', template: false, args: { name } }) as const;

test('keeps saved requests for other tabs, each once, and keeps what another tab saved', () => {
  let id = 0;
  const open = () => createSavedRequests(storage, 'd1', () => String(++id));
  const [mine, theirs] = [open(), open()];
  let heard = 0;
  mine.subscribe(() => {
    heard += 1;
  });
  mine.save(greet('Ann'));
  mine.save(greet('Ann'));
  theirs.save(greet('Bob'));
  mine.save(greet('Cleo'));
  expect(mine.get().map(({ label }) => label)).toEqual(['Cleo', 'Bob', 'Ann']);
  expect(heard).toBe(3);
  mine.remove(mine.get()[0]?.id ?? '');
  expect(
    open()
      .get()
      .map(({ label }) => label),
  ).toEqual(['Bob', 'Ann']);
});

test('labels a request by its values', () => {
  expect(labelOf({})).toBe('No arguments');
  expect(labelOf({ a: 'x\n y', b: [1] })).toBe('x y, [1]');
  expect(labelOf({ a: 'x'.repeat(100) })).toHaveLength(60);
});
