import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import type { ListenState } from '#prisma/sql.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createEnvelopes } from '../credentials/envelope.ts';
import { parseKeyRing } from '../credentials/key-ring.ts';
import { createEvents, type Events } from '../events.ts';
import { createOwnKeys } from './own-keys.ts';
import { NO_FACTS, saveServiceKey } from './service-key.ts';

const envelopes = createEnvelopes(parseKeyRing(Buffer.alloc(32, 7).toString('base64')));

let database: Database;
let events: Events;
let setConnection: (state: ListenState) => void;
let keys: ReturnType<typeof createOwnKeys>;
let reads = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  events = await createEvents({
    listen: (channel, onMessage, onState) => {
      setConnection = onState;
      return database.listener.listen(channel, onMessage, onState);
    },
  });
  const counted = database.prisma.$extends({
    query: {
      $allOperations: ({ args, query }) => {
        reads += 1;
        return query(args);
      },
    },
  });
  // $extends only counts: the operations and their types stay those of PrismaClient
  keys = createOwnKeys({ prisma: counted as unknown as typeof database.prisma, envelopes, events });
  await database.prisma.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.com' } });
});
afterAll(async () => {
  keys?.close();
  await database?.close();
});
beforeEach(async () => {
  await save('first');
  await allHeard();
  reads = 0;
});

/** Messages come in the order in which they were sent. */
async function allHeard(): Promise<void> {
  const id = randomUUID();
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = events.on('echo', id, () => resolve());
  await events.publish(database.prisma, 'echo', id);
  await promise;
  stop();
}

const save = (key: string, announced = true) =>
  database.transaction(async (tx) => {
    const saved = { key, facts: NO_FACTS, checkedAt: new Date() };
    await saveServiceKey(tx, envelopes, { userId: 'ann', service: 'GITHUB' }, saved);
    if (announced) await events.publish(tx, 'settings', 'ann');
  });
const read = async () => (await keys.readOwnKeys('ann')).gitHub?.reveal();

test('reads once until the settings change, on whichever instance', async () => {
  expect([await read(), await read(), await read()]).toEqual(['first', 'first', 'first']);
  expect(reads).toBe(1);
  await save('second');
  await expect.poll(read).toBe('second');
});

test('keeps nothing while changes cannot be heard, and nothing from before', async () => {
  await read();
  setConnection('down');
  await save('unheard', false);
  expect([await read(), await read()]).toEqual(['unheard', 'unheard']);
  expect(reads).toBe(3);
  await save('still unheard', false);
  setConnection('up');
  expect(await read()).toBe('still unheard');
});

test('logins of registries are opened by the name of the registry', async () => {
  await database.transaction(async (tx) => {
    const saved = { key: 'ann:token@ghcr.io', facts: NO_FACTS, checkedAt: new Date() };
    await saveServiceKey(tx, envelopes, { userId: 'ann', service: 'REGISTRIES' }, saved);
  });
  const { loginFor } = await keys.readOwnKeys('ann');
  expect(loginFor('ghcr.io')).toEqual({ username: 'ann', password: 'token' });
  expect(loginFor('docker.io')).toBeNull();
  await database.prisma.serviceKey.deleteMany({ where: { service: 'REGISTRIES' } });
});

test('a key that cannot be opened is read again once it can', async () => {
  const { envelope } = await database.prisma.serviceKey.findFirstOrThrow();
  await database.prisma.serviceKey.updateMany({ data: { envelope: 'broken' } });
  setConnection('up');
  await expect(read()).rejects.toThrow();
  await database.prisma.serviceKey.updateMany({ data: { envelope } });
  expect(await read()).toBe('first');
});
