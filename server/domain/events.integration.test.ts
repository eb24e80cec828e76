import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createEvents, type Events } from './events.ts';

let database: Database;
let events: Events;

beforeAll(async () => {
  database = await openTestDatabase();
  events = await createEvents(database.listener);
});
afterAll(() => database.close());

/** Resolves when the message has gone to every listener. */
async function publishAndHear(topic: 'deployment' | 'access', id: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = events.on(topic, id, () => resolve());
  await events.publish(database.prisma, topic, id);
  await promise;
  stop();
}

test('a subscription yields events from before its first read', async () => {
  const ending = new AbortController();
  const reader = events.subscribe('deployment', 'a', ending.signal)[Symbol.asyncIterator]();
  await publishAndHear('deployment', 'a');
  expect(await reader.next()).toEqual({ done: false, value: 'a' });
  ending.abort();
});

test('yields once for events while its reader is busy, and never for other ids and topics', async () => {
  const ending = new AbortController();
  const reader = events.subscribe('deployment', 'a', ending.signal)[Symbol.asyncIterator]();
  await publishAndHear('deployment', 'a');
  await publishAndHear('deployment', 'a');
  await reader.next();
  const next = reader.next();
  await publishAndHear('deployment', 'b');
  await publishAndHear('access', 'a');
  ending.abort();
  expect((await next).done).toBe(true);
});

test('a reader that waits ends with the signal, and one that begins after it ends at once', async () => {
  const ending = new AbortController();
  const waiting = events.subscribe('deployment', 'a', ending.signal)[Symbol.asyncIterator]();
  const late = events.subscribe('deployment', 'a', ending.signal)[Symbol.asyncIterator]();
  const next = waiting.next();
  ending.abort();
  expect((await next).done).toBe(true);
  expect((await late.next()).done).toBe(true);
  const never = events.subscribe('deployment', 'a', ending.signal)[Symbol.asyncIterator]();
  expect((await never.next()).done).toBe(true);
});

test('applies a change of access before its writer continues, and never one that was rolled back', async () => {
  const heard: string[] = [];
  const stop = events.on('access', null, (id) => heard.push(id));
  const failing = database.transaction(async (tx) => {
    await events.publish(tx, 'access', 'undone');
    throw new Error('stop');
  });
  await expect(failing).rejects.toThrow('stop');
  await database.transaction(async (tx) => {
    await events.publish(tx, 'access', 'done');
    expect(heard).not.toContain('done');
  });
  expect(heard).toContain('done');
  await events.publish(database.prisma, 'access', 'alone');
  expect(heard).toContain('alone');
  await publishAndHear('deployment', 'last'); // all that was sent before has come by now
  expect(heard).not.toContain('undone');
  stop();
});
