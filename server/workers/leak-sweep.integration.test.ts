import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { STAND_IN_HOST, standInConfig } from '#deploy/local/fixtures/test-machines.ts';
import { createLocalMachines, type LocalMachines } from '#deploy/local/local-machines.ts';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import { type FlyMachines, openFlyMachines } from '#server/machines/fly.ts';
import { sweepApps } from './leak-sweep.ts';

const INSTALLATION = randomUUID();
const OTHER_INSTALLATION = randomUUID();
const OWN_APP = 'anns-app';

let dataDir: string;
let fly: LocalMachines;
let machines: FlyMachines;
let database: Database;
const errors: object[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-sweep-'));
  fly = await createLocalMachines({
    dataDir,
    cacheDir: path.join(dataDir, 'cache'),
    hostCommand: STAND_IN_HOST,
    port: 0,
    token: 'operator',
    organizationTokens: { personal: 'platform', acme: 'acme' },
    apps: [],
  });
  machines = openFlyMachines({
    baseUrl: fly.baseUrl,
    token: new Secret('platform'),
    organization: 'personal',
    image: 'image',
    sharedApp: null,
    installation: INSTALLATION,
    administratorId: 'admin',
    readOwnKeys: async (userId) => ({
      fly: userId === 'ann' ? { token: new Secret('acme'), organization: 'acme', app: OWN_APP } : null,
      openRouter: null,
      gitHub: null,
      loginFor: () => null,
    }),
  });
  database = await openTestDatabase();
});
afterAll(async () => {
  await machines?.close();
  await fly?.close();
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('sweeps the app of each owner with the token of that app, and only machines of this installation', async () => {
  const operator = createMachinesClient({ baseUrl: fly.baseUrl, token: 'operator', rateLimit: false });
  const make = async (ownerId: string, installation: string) => {
    const fleet = await machines.findFleet(ownerId);
    const config = standInConfig({}, { metadata: { [METADATA_KEYS.installation]: installation } });
    const { id } = await fleet.machines.create(fleet.app, { name: randomUUID(), config });
    await database.prisma.machineApp.createMany({ data: [{ app: fleet.app, ownerId }], skipDuplicates: true });
    return { app: fleet.app, id };
  };
  const leaked = [await make('ann', INSTALLATION), await make('bob', INSTALLATION)];
  const others = [await make('ann', OTHER_INSTALLATION), await make('bob', OTHER_INSTALLATION)];
  // The owner of this app has no token any more: its failure must not stop the sweep of other apps.
  await database.prisma.machineApp.create({ data: { app: 'carols-app', ownerId: 'carol' } });

  const log = { warn: () => {}, error: (fields: object) => void errors.push(fields) };
  const now = () => new Date(Date.now() + 20 * 60_000);
  const deps = {
    prisma: database.prisma,
    findFleet: machines.findFleet,
    installationId: INSTALLATION,
    now,
    log,
  };
  await sweepApps(deps, AbortSignal.timeout(30_000));

  expect(new Set(leaked.map(({ app }) => app)).size).toBe(2);
  for (const { app, id } of leaked) expect((await operator.get(app, id)).state).toMatch(/^destroy/);
  for (const { app, id } of others) expect((await operator.get(app, id)).state).not.toMatch(/^destroy/);
  expect(errors).toEqual([]);
  await operator.close();
});
