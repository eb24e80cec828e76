import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { STAND_IN_HOST, standInConfig } from '#deploy/local/fixtures/test-machines.ts';
import { createLocalMachines, type LocalMachines } from '#deploy/local/local-machines.ts';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import { type FlyMachines, openFlyMachines } from '#server/machines/fly.ts';
import { sweepAppsOfDeparted } from './app-sweep.ts';

const SHARED_APP = 'acme-mcp';

let dataDir: string;
let fly: LocalMachines;
let machines: FlyMachines;
let operator: MachinesClient;
let database: Database;
const errors: object[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-apps-'));
  fly = await createLocalMachines({
    dataDir,
    cacheDir: path.join(dataDir, 'cache'),
    hostCommand: STAND_IN_HOST,
    port: 0,
    token: 'operator',
    organizationTokens: { personal: 'platform' },
    apps: [SHARED_APP],
  });
  operator = createMachinesClient({ baseUrl: fly.baseUrl, token: 'operator', rateLimit: false });
  machines = openFlyMachines({
    baseUrl: fly.baseUrl,
    token: new Secret('platform'),
    organization: 'personal',
    image: 'image',
    sharedApp: SHARED_APP,
    installation: randomUUID(),
    administratorId: 'admin',
    readOwnKeys: async () => ({ fly: null, openRouter: null, gitHub: null, loginFor: () => null }),
  });
  database = await openTestDatabase();
});
afterAll(async () => {
  await machines?.close();
  await operator?.close();
  await fly?.close();
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const log = { info: () => {}, error: (fields: object) => void errors.push(fields) };
const MINUTE = 60_000;
const sweep = (afterMs = 11 * MINUTE) =>
  sweepAppsOfDeparted(
    {
      prisma: database.prisma,
      deleteAppOf: machines.deleteAppOf,
      now: () => new Date(Date.now() + afterMs),
      log,
    },
    AbortSignal.timeout(30_000),
  );
const rows = async () => (await database.prisma.machineApp.findMany()).map(({ ownerId }) => ownerId).sort();

/** An owner who has had a machine; with or without an account now. */
async function addOwner(ownerId: string, hasAccount: boolean) {
  const fleet = await machines.findFleet(ownerId);
  const { id } = await fleet.machines.create(fleet.app, { name: randomUUID(), config: standInConfig({}) });
  await database.prisma.machineApp.create({ data: { app: fleet.app, ownerId } });
  if (hasAccount) {
    await database.prisma.user.create({ data: { id: ownerId, name: ownerId, email: `${ownerId}@example.com` } });
  }
  const end = async () => {
    await operator.delete(fleet.app, id, { force: true });
    await eventually('it is destroyed', async () => (await operator.get(fleet.app, id)).state === 'destroyed');
  };
  return { app: fleet.app, end };
}

test('deletes the app of an owner who left once its machines are gone, and no other app', async () => {
  const [ann, bob, admin] = [await addOwner('ann', false), await addOwner('bob', true), await addOwner('admin', false)];
  expect(admin.app).toBe(SHARED_APP);
  await sweep();
  expect(await operator.findApp(ann.app)).not.toBeNull(); // a machine of hers still exists

  await Promise.all([ann.end(), bob.end(), admin.end()]);
  await sweep();
  expect(await operator.findApp(ann.app)).toBeNull();
  for (const { app } of [bob, admin]) expect(await operator.findApp(app)).not.toBeNull();
  expect(await rows()).toEqual(['admin', 'bob']);
  expect(errors).toEqual([]);
});

test('leaves a new app alone, whose 404 would prove nothing', async () => {
  const eve = await addOwner('eve', false);
  await eve.end();
  await sweep(9 * MINUTE);
  expect(await rows()).toContain('eve');
  await sweep();
  expect(await rows()).not.toContain('eve');
});

test('forgets an app in an organization of the owner, and tries again what fails', async () => {
  await database.prisma.machineApp.create({ data: { app: 'carols-app', ownerId: 'carol' } });
  const dan = await addOwner('dan', false);
  await dan.end();
  fly.faults.add({
    match: { method: 'DELETE', path: `/apps/${dan.app}` },
    effect: { kind: 'answer', when: 'before', status: 422, body: { error: 'not now' } },
  });
  await sweep();
  expect(errors).toMatchObject([{ app: dan.app }]);
  expect(await rows()).toEqual(['admin', 'bob', 'dan']);
  await sweep();
  expect(await rows()).toEqual(['admin', 'bob']);
});
