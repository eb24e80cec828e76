import { expect, test } from 'vitest';
import { collectGarbage, keepQuietMemory } from './quiet-memory.ts';

const MEGABYTE = 1024 * 1024;

function watch() {
  let look = () => {};
  const world = {
    busyShare: 0,
    spareBytes: 64 * MEGABYTE,
    collections: 0,
    end: (_error?: unknown) => {},
    errors: [] as unknown[],
  };
  const stop = keepQuietMemory({
    timers: {
      every: (_milliseconds, run) => {
        look = run;
        return () => {
          look = () => {};
        };
      },
    },
    busyShare: () => world.busyShare,
    spareBytes: () => world.spareBytes,
    collect: () =>
      new Promise((resolve, reject) => {
        world.collections += 1;
        world.end = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      }),
    onError: (error) => world.errors.push(error),
  });
  return { world, look: () => look(), stop };
}

test('collects once where a quiet process holds memory that it does not use', () => {
  const { world, look } = watch();
  look();
  look(); // the first collection is still under way
  expect(world.collections).toBe(1);
});

test('leaves a busy process, and one without spare memory, as they are', () => {
  const { world, look } = watch();
  world.busyShare = 0.5;
  look();
  world.busyShare = 0;
  world.spareBytes = 4 * MEGABYTE;
  look();
  expect(world.collections).toBe(0);
});

test('reports a collection that failed, looks again later, and ends with the watch', async () => {
  const { world, look, stop } = watch();
  look();
  world.end(new Error('No inspector.'));
  await expect.poll(() => world.errors).toHaveLength(1);
  look();
  expect(world.collections).toBe(2);
  world.end();
  stop();
  look();
  expect(world.collections).toBe(2);
});

test('the collection really collects', async () => {
  const weak = (() => new WeakRef({ text: 'held by nothing' }))();
  await new Promise(setImmediate); // a WeakRef keeps what it names until the turn is over
  await collectGarbage();
  expect(weak.deref()).toBeUndefined();
});
