import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import type { Fleet } from '../deployments/reconcile/fleet.ts';
import { createPassedTime } from '../passed-time.ts';
import { TRIAL_SETTLE_MS } from './trial-machine.ts';
import { endAbandonedTrials } from './upkeep.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** A trial whose create call was never answered, and whose process is gone. */
const addAbandoned = async (leaseUntil: Date) => {
  const { prisma } = database;
  await prisma.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.com' } });
  const source = { source: 'weather-mcp', normalizedSource: 'weather-mcp', expiresAt: leaseUntil };
  const { id: analysisId } = await prisma.analysis.create({ data: { ownerId: 'ann', status: 'DONE', ...source } });
  const { id } = await prisma.trial.create({ data: { ownerId: 'ann', analysisId, app: 'trials', leaseUntil } });
  return () => prisma.trial.findUniqueOrThrow({ where: { id } });
};

test('a clock that is set ahead ends no wait for a machine that may still come to light', async () => {
  let wallMs = Date.parse('2026-11-30T12:00:00Z');
  let steadyMs = 0;
  const now = () => new Date(wallMs);
  const pass = (ms: number) => {
    wallMs += ms;
    steadyMs += ms;
  };
  const passed = createPassedTime({ now, steadyMs: () => steadyMs });
  const machines: Partial<MachinesClient> = { list: async () => [] };
  const look = () =>
    endAbandonedTrials(
      {
        database,
        notify: async () => {},
        findFleet: async () => ({ machines }) as Fleet,
        installationId: 'test',
        now,
        passed,
        pause: async () => {},
        onError: (error) => {
          throw error;
        },
      },
      AbortSignal.timeout(20_000),
    );

  const trial = await addAbandoned(new Date(wallMs + 1_000));
  pass(2_000);
  wallMs += 20 * 60_000;
  await look();
  expect(await trial()).toMatchObject({ status: 'FAILED', machineGoneAt: null });

  pass(TRIAL_SETTLE_MS);
  await look();
  expect((await trial()).machineGoneAt).not.toBeNull();
});
