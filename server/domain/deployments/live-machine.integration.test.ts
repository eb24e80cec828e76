import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HostStatus } from '#deploy/host/contract.ts';
import { createLiveMachines } from './live-machine.ts';
import { host } from './reconcile/rows.testing.ts';
import { openRows, type Rows } from './testing/rows-in-database.testing.ts';

let rows: Rows;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());

async function serving() {
  const { id } = await rows.addDeployment({ status: 'RUNNING' });
  const release = await rows.addRelease(id, 1);
  await rows.setDeployment(id, { currentReleaseId: release.id });
  await rows.addMachine(release, { machineId: 'm1', address: 'http://host' });
  return id;
}
const machines = (status: () => Promise<HostStatus>, now = () => new Date(0)) =>
  createLiveMachines({
    prisma: rows.prisma,
    host: { status },
    targetOf: async () => ({ origin: 'http://host', headers: {}, token: 't' }),
    now,
  });

test('reports the sessions, clients and memory of the machine that serves', async () => {
  const id = await serving();
  const clients = [{ name: 'claude-code', version: '2', sessions: 2 }];
  const child = { pid: 1, startedAt: '', sessions: 1, inFlight: 0, era: 'legacy' as const };
  const live = machines(async () => ({
    ...host('READY'),
    sessions: 2,
    clients,
    children: [
      { ...child, rssBytes: 10 },
      { ...child, rssBytes: 20 },
    ],
    heldBack: { install: null, start: null, running: { wallMs: 100, heldBackMs: 25 } },
  }));
  expect(await live.read(id)).toMatchObject({ sessions: 2, clients, usedBytes: 30, withheld: 0.25 });
});

test('asks a host once a second, whoever reads', async () => {
  const id = await serving();
  let asked = 0;
  let now = 0;
  const live = machines(
    async () => {
      asked += 1;
      return host('READY');
    },
    () => new Date(now),
  );
  await Promise.all([live.read(id), live.read(id)]);
  now = 999;
  await live.read(id);
  expect(asked).toBe(1);
  now = 1_000;
  await live.read(id);
  expect(asked).toBe(2);
});

test('is null for a deployment that does not serve, and for a host that does not answer', async () => {
  const stopped = await serving();
  await rows.setDeployment(stopped, { status: 'STOPPED' });
  expect(await machines(async () => host('READY')).read(stopped)).toBeNull();
  expect(await machines(() => Promise.reject(new Error('away'))).read(await serving())).toBeNull();
});
