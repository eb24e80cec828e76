import { expect, test } from 'vitest';
import { createDocumentReach, type DocumentMode } from './document-reach.ts';

const MINUTE_MS = 60_000;

/** A probe on a clock of its own; the way out can be closed. */
function open(mode: DocumentMode = 'auto') {
  let nowMs = 0;
  let isOpen = true;
  let status = 200;
  let visits = 0;
  const reach = createDocumentReach({
    mode,
    probeUrl: 'https://registry.example',
    nowMs: () => nowMs,
    fetch: async () => {
      visits += 1;
      if (!isOpen) throw new TypeError('fetch failed');
      return new Response('{}', { status });
    },
  });
  return {
    reach,
    visits: () => visits,
    pass: (milliseconds: number) => {
      nowMs += milliseconds;
    },
    set: (change: { isOpen?: boolean; status?: number }) => {
      isOpen = change.isOpen ?? isOpen;
      status = change.status ?? status;
    },
    /** Lets a probe that runs in the background end. */
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

test('the first request waits for the probe, and any answer of HTTP counts as a way out', async () => {
  const { reach, set, visits } = open();
  set({ status: 404 });
  expect(await Promise.all([reach.canFetch(), reach.canFetch()])).toEqual([true, true]);
  expect(visits()).toBe(1);
});

test('a server without a way out offers no documents, and looks again every minute', async () => {
  const { reach, set, pass, settle, visits } = open();
  set({ isOpen: false });
  expect(await reach.canFetch()).toBe(false);
  set({ isOpen: true });
  pass(MINUTE_MS - 1);
  expect([await reach.canFetch(), visits()]).toEqual([false, 1]);
  pass(1);
  expect(await reach.canFetch()).toBe(false); // the probe runs in the background
  await settle();
  expect([await reach.canFetch(), visits()]).toEqual([true, 2]);
});

test('a way out is looked at again after ten minutes, and soon after a document was unreachable', async () => {
  const { reach, set, pass, settle, visits } = open();
  expect(await reach.canFetch()).toBe(true);
  reach.doubt();
  pass(29_999);
  set({ isOpen: false });
  expect([await reach.canFetch(), visits()]).toEqual([true, 1]); // strangers cannot have it probe all the time
  pass(1);
  await reach.canFetch();
  await settle();
  expect([await reach.canFetch(), visits()]).toEqual([false, 2]);
  set({ isOpen: true });
  pass(MINUTE_MS);
  await reach.canFetch();
  await settle();
  pass(10 * MINUTE_MS - 1);
  expect([await reach.canFetch(), visits()]).toEqual([true, 3]);
  pass(1);
  await reach.canFetch();
  expect(visits()).toBe(4);
});

test.each([
  ['on', true],
  ['off', false],
] as const)('the setting %s decides without a probe', async (mode, expected) => {
  const { reach, visits } = open(mode);
  expect([await reach.canFetch(), visits()]).toEqual([expected, 0]);
});
