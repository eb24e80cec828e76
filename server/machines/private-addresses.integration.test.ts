/** Apps of users without a public address, in both readings of Fly's documentation, and where neither is true. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, fetch } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { STAND_IN_HOST, standInConfig } from '#deploy/local/fixtures/test-machines.ts';
import { createLocalMachines } from '#deploy/local/local-machines.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { openPrivateReading } from '#server/compose/private-reading.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import { ensureInstallation } from '#server/domain/identity/installation.ts';
import { openFlyMachines } from './fly.ts';
import { type FlyProxyOptions, startFlyProxy } from './fly-proxy.testing.ts';

const OPERATOR = 'operator';
let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
});

/** An installation whose Fly reads the network of private addresses like this. */
async function open(reading: FlyProxyOptions['reading']) {
  stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-flycast-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const fly = await createLocalMachines({
    dataDir,
    cacheDir: path.join(dataDir, 'cache'),
    hostCommand: STAND_IN_HOST,
    port: 0,
    token: OPERATOR,
    apps: [],
  });
  stack.defer(fly.close);
  const proxy = await startFlyProxy({ baseUrl: fly.baseUrl, token: OPERATOR }, { reading: reading ?? null });
  stack.defer(proxy.close);
  const database = await openTestDatabase();
  stack.defer(database.close);
  await ensureInstallation(database.prisma);
  const operator = createMachinesClient({ baseUrl: fly.baseUrl, token: OPERATOR, rateLimit: false });
  stack.defer(operator.close);
  const dispatcher = new Agent({ connect: proxy.connect });
  stack.defer(() => dispatcher.close());
  const dial = (url: string, init: object) => fetch(url, { ...init, dispatcher });
  const found: string[] = [];
  const remembered = (enabled: boolean) =>
    openPrivateReading({ prisma: database.prisma, enabled, log: (_level, message) => void found.push(message) });
  const privateReading = await remembered(true);
  stack.defer(privateReading.close);
  const machines = openFlyMachines({
    baseUrl: fly.baseUrl,
    token: new Secret(OPERATOR),
    organization: 'personal',
    image: 'image',
    sharedApp: null,
    installation: randomUUID(),
    administratorId: 'admin',
    readOwnKeys: async () => ({ fly: null, openRouter: null, gitHub: null, loginFor: () => null }),
    privateReading: privateReading.read,
    fetch: dial as unknown as typeof globalThis.fetch, // undici's types of fetch are its own
    probeMs: 3_000,
  });
  stack.defer(machines.close);
  return { machines, operator, dial, privateReading, found, remembered, proxy };
}

test.each(['caller', 'own'] as const)(
  'finds out that the network of an address is that of the %s, and remembers it',
  async (reading) => {
    const { machines, operator, dial, privateReading, found, remembered } = await open(reading);
    const before = await machines.findFleet('ann');
    expect(before.addressModeOf(before.app).kind).toBe('fly-proxy');
    privateReading.begin(machines);
    await eventually('it was tried', () => found.length > 0);
    expect(privateReading.read()).toBe(reading);
    expect((await remembered(true)).read()).toBe(reading);
    expect((await remembered(false)).read()).toBeNull();
    expect((await operator.listApps('personal')).map(({ name }) => name)).toEqual([]);

    const { app, addressModeOf, machines: client } = await machines.findFleet('ann');
    expect(app).toBe(`${before.app}-p`);
    expect(addressModeOf(app).kind).toBe('flycast');
    expect(before.addressModeOf(before.app).kind).toBe('fly-proxy');
    const { id } = await client.create(app, {
      name: 'server',
      config: standInConfig({}, { services: [{ internal_port: 8080 }] as never }),
    });
    await eventually('it answers', async () => {
      const answer = await dial(`http://${app}.flycast/status`, { headers: { 'fly-force-instance-id': id } });
      return answer.ok;
    });
    const inPublic = await dial(`http://${app}.fly.dev/status`, { headers: { 'fly-force-instance-id': id } });
    expect(inPublic.status).toBe(503);
  },
);

test('keeps public addresses where no private one leads to a machine', async () => {
  const { machines, privateReading, found } = await open(null);
  privateReading.begin(machines);
  await eventually('it was tried', () => found.length > 0, 20_000);
  expect(privateReading.read()).toBeNull();
  const { app, addressModeOf } = await machines.findFleet('ann');
  expect(addressModeOf(app).kind).toBe('fly-proxy');
});
