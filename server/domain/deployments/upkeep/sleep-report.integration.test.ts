import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { readSleepReport } from './sleep-report.ts';

const NOW = new Date('2027-01-10T12:00:00Z');
const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

let rows: Rows;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());

test('reads the last seven days: the sleep, the wakes, and who caused them', async () => {
  const { id: deploymentId } = await rows.addDeployment({ status: 'ASLEEP' });
  const event = (at: Date, status: 'RUNNING' | 'ASLEEP', phase: 'STARTING_MACHINE' | null = null) =>
    rows.prisma.deploymentEvent.create({ data: { deploymentId, at, status, phase, message: 'm' } });
  await event(ago(9), 'RUNNING');
  await event(ago(8), 'ASLEEP');
  await event(ago(3.5), 'ASLEEP', 'STARTING_MACHINE');
  await event(ago(3.5), 'RUNNING');
  await event(ago(1.75), 'ASLEEP');
  const token = await rows.prisma.accessToken.create({
    data: { deploymentId, name: 'Laptop', hash: Buffer.from('h'), prefix: 'p' },
  });
  const client = await rows.prisma.oAuthClient.create({
    data: { id: 'c', source: 'REGISTRATION', name: 'Claude', redirectUris: [], authMethods: [] },
  });
  const connection = await rows.prisma.oAuthConnection.create({
    data: { deploymentId, userId: rows.owner, clientId: client.id },
  });
  const usage = (caller: string, calls: number, over: { day?: Date; cold?: boolean; method?: string } = {}) =>
    rows.prisma.usageRollup.create({
      data: {
        deploymentId,
        day: ago(1),
        method: 'tools/call',
        tool: '',
        status: 200,
        era: 'legacy',
        caller,
        cold: true,
        calls,
        errors: 0,
        bytesIn: 0,
        bytesOut: 0,
        durationMs: 0,
        buckets: [],
        ...over,
      },
    });
  await usage(token.id, 2);
  await usage(token.id, 3, { method: 'tools/list' });
  await usage(connection.id, 4);
  await usage('public', 3);
  await usage('00000000-0000-4000-8000-000000000000', 2);
  await usage('00000000-0000-4000-8000-000000000001', 1);
  await usage('00000000-0000-4000-8000-000000000002', 0);
  await usage('public', 9, { day: ago(8) });
  await usage('public', 9, { cold: false });
  expect(await readSleepReport(rows.prisma, deploymentId, NOW)).toEqual({
    asleepSince: ago(1.75),
    wakes: 1,
    awakeShare: 0.25,
    wokenBy: [
      { name: 'Laptop', calls: 5 },
      { name: 'Claude', calls: 4 },
      { name: 'Callers without a token', calls: 3 },
      { name: 'A caller that was removed', calls: 2 },
      { name: 'A caller that was removed', calls: 1 },
    ],
  });
});

test('a deployment without events was awake all the time', async () => {
  const { id } = await rows.addDeployment();
  expect(await readSleepReport(rows.prisma, id, NOW)).toEqual({
    asleepSince: null,
    wakes: 0,
    awakeShare: 1,
    wokenBy: [],
  });
});
