import { expect, test } from 'vitest';
import { responseOf } from '../../../response.testing.ts';
import type { ChildPool } from '../child-pool.ts';
import type { Account } from './accounts.ts';
import { createContexts } from './contexts.ts';

const CONTEXTS_MAX = 1_000;

const account = (initialize = '{}', capabilities: Record<string, unknown> = {}): Account => ({
  capabilities,
  logRank: -1,
  progressToken: null,
  initialize,
  kept: '',
});

const open = (isolation: 'AUTO' | 'SHARED' | 'PER_SESSION' = 'AUTO') => {
  const released: unknown[] = [];
  const clock = { now: 0 };
  // Contexts need nothing of the pool but the release of a session.
  const pool = { release: (session: unknown) => void released.push(session) } as unknown as ChildPool;
  return { contexts: createContexts({ pool, isolation, clock: () => clock.now }), released, clock };
};

test('a principal has one context for each client, and shares none with another principal', () => {
  const { contexts } = open();
  const first = contexts.of('a', account());
  expect(contexts.of('a', account())).toBe(first);
  expect(contexts.of('a', account('{"other":1}'))).not.toBe(first);
  expect(contexts.of('b', account())).not.toBe(first);
  expect(first).toMatchObject({
    principal: 'a',
    shareKey: 'translated\0a\0{}',
    modernShareKey: null,
    dialect: 'plain',
  });
  expect(contexts.all.size).toBe(3);
});

test('SHARED: all principals with the same client have one context', () => {
  const { contexts } = open('SHARED');
  expect(contexts.of('b', account())).toBe(contexts.of('a', account()));
  expect(contexts.of('a', account()).shareKey).toBe('shared\0');
});

test('forgets contexts that were not used since, except those in use', () => {
  const { contexts, released, clock } = open();
  const idle = contexts.of('a', account());
  const busy = contexts.of('b', account());
  busy.starting = 1;
  clock.now = 10;
  const used = contexts.of('c', account());
  contexts.forgetIdle(-1);
  expect(released).toEqual([]);
  contexts.forgetIdle(0);
  expect([released, idle.ended, [...contexts.all.values()]]).toEqual([[idle], true, [busy, used]]);
  expect(contexts.of('a', account())).not.toBe(idle);
});

test('a context is used with each request', () => {
  const { contexts, clock } = open();
  contexts.of('a', account());
  clock.now = 5;
  expect(contexts.of('a', account()).lastUsed).toBe(5);
});

test('above a thousand, the context that was not used for the longest time gives way', () => {
  const { contexts, released, clock } = open();
  const all = Array.from({ length: CONTEXTS_MAX }, (_, at) => {
    clock.now = at;
    return contexts.of(`p${at}`, account());
  });
  expect(released).toEqual([]);
  const [oldest, second] = all;
  oldest?.standalone.connect(responseOf().response, { now: 0, primed: false });
  clock.now = CONTEXTS_MAX;
  contexts.of('one more', account());
  expect([released, contexts.all.size]).toEqual([[second], CONTEXTS_MAX]);
  for (const context of contexts.all.values()) context.starting = 1;
  expect(() => contexts.of('another', account())).toThrow('too many kinds of clients');
  expect(contexts.of('p5', account())).toBe(all[5]);
});
