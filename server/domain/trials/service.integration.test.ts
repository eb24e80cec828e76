import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import type { FindFleet } from '../deployments/reconcile/fleet.ts';
import { endTrialsOf } from './end-trials.ts';
import { createTrialService } from './service.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** Yields nothing until the signal ends it, as a quiet analysis does. */
async function* noChanges(signal: AbortSignal): AsyncIterable<string> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  yield* [];
}

/** A service whose lease is renewed by hand; `stopped` resolves when the work of the trial is over. */
const openService = (findFleet: FindFleet) => {
  const stopped = Promise.withResolvers<void>();
  const waiting = Promise.withResolvers<void>();
  let renew = () => {};
  const service = createTrialService({
    database,
    notify: async () => {},
    changesOf: (_id, signal) => {
      waiting.resolve();
      return noChanges(signal);
    },
    admit: async () => {},
    findFleet,
    host: refuse('host'),
    installationId: 'test',
    machine: { region: 'local', memoryMb: 256, processor: 'shared-cpu-1x', pause: async () => {} },
    now: () => new Date(),
    clock: () => 0,
    timers: {
      after: () => () => {},
      every: (_ms, run) => {
        renew = run;
        return stopped.resolve;
      },
    },
    log: () => {},
  });
  return { service, stopped: stopped.promise, waiting: waiting.promise, renew: () => renew() };
};

/** A dependency that these tests must not reach. */
const refuse = <T extends object>(name: string): T =>
  new Proxy({} as T, {
    get: (_target, key) => {
      if (key === 'then') return undefined; // a promise of it asks whether it is another promise
      throw new Error(`The trial reached for its ${name}.`);
    },
  });

const addAnalysis = async (name: string, status: 'RUNNING' | 'DONE') => {
  const { prisma } = database;
  await prisma.user.create({ data: { id: name, name, email: `${name}@example.com` } });
  const source = { source: 'weather-mcp', normalizedSource: 'weather-mcp', expiresAt: new Date(Date.now() + 60_000) };
  const { id } = await prisma.analysis.create({ data: { ownerId: name, status, ...source } });
  return {
    actor: { userId: name, role: 'MEMBER', scope: 'WRITE', via: 'system', ip: null } as const,
    analysisId: id,
    trial: () => prisma.trial.findFirstOrThrow({ where: { analysisId: id } }),
  };
};

test('ends a trial whose machines cannot be reached, and stops renewing its lease', async () => {
  const { actor, analysisId, trial } = await addAnalysis('ann', 'DONE');
  const { service, stopped } = openService(async () => {
    throw new Error('The Fly token cannot be opened.');
  });
  await service.startAfter(actor, analysisId);
  await stopped;
  expect(await trial()).toMatchObject({
    status: 'FAILED',
    failure: { code: 'INTERNAL' },
    machineGoneAt: expect.any(Date),
  });
});

test('a trial that was ended with its account stops at the next renewal, before it has a machine', async () => {
  const { actor, analysisId, trial } = await addAnalysis('bob', 'RUNNING');
  const { service, stopped, waiting, renew } = openService(async () => refuse('fleet'));
  await service.startAfter(actor, analysisId);
  await waiting;
  await database.transaction((tx) => endTrialsOf(tx, actor.userId, new Date()));
  renew();
  await stopped;
  expect(await trial()).toMatchObject({
    status: 'FAILED',
    failure: { code: 'FORBIDDEN' },
    app: null,
    machineGoneAt: expect.any(Date),
  });
});
