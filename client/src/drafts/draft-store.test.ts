import { expect, test } from 'vitest';
import { z } from 'zod';
import { createDraftStore } from './draft-store.ts';
import { createTabStorage } from './tab-storage.ts';

const schema = z.object({ name: z.string(), secret: z.string().default('') });

/** Web storage as a browser has it; `limit` is the number of values that fit. */
function fakeStorage(limit = Number.POSITIVE_INFINITY): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      if (values.size >= limit && !values.has(key)) throw new DOMException('full', 'QuotaExceededError');
      values.set(key, value);
    },
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
  };
}

test('keeps a whole draft in memory, and only its stored part after a reload', () => {
  const storage = createTabStorage(fakeStorage());
  const before = createDraftStore(storage);
  before.write('a', { name: 'Ann', secret: 'hunter2' }, { name: 'Ann' });
  expect(before.read('a', schema)).toEqual({ name: 'Ann', secret: 'hunter2' });
  expect(createDraftStore(storage).read('a', schema)).toEqual({ name: 'Ann', secret: '' });
});

test('forgets a removed draft, and ignores one that an older version wrote', () => {
  const storage = createTabStorage(fakeStorage());
  const store = createDraftStore(storage);
  store.write('a', { name: 'Ann' }, { name: 'Ann' });
  store.remove('a');
  storage.write('draft:b', { title: 'Ann' });
  expect([store.read('a', schema), store.read('b', schema)]).toEqual([null, null]);
});

test('keeps drafts in memory when the storage is full or blocked', () => {
  for (const storage of [createTabStorage(fakeStorage(0)), createTabStorage(null)]) {
    const store = createDraftStore(storage);
    store.write('a', { name: 'Ann' }, { name: 'Ann' });
    expect(store.read('a', schema)).toMatchObject({ name: 'Ann' });
    expect(createDraftStore(storage).read('a', schema)).toBeNull();
  }
});

test('clears only values of the dashboard', () => {
  const web = fakeStorage();
  web.setItem('other', '1');
  const storage = createTabStorage(web);
  storage.write('draft:a', 1);
  storage.clear();
  expect([web.length, storage.read('draft:a')]).toEqual([1, null]);
});
