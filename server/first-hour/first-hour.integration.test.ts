import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#deploy/clock.ts';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { startRegistry, type TestRegistry } from '#deploy/image/registry.testing.ts';
import { createLocalMachines, type LocalMachines } from '#deploy/local/local-machines.ts';
import { startFlyProxy } from '#server/machines/fly-proxy.testing.ts';
import { CHECKS, type Result, runCheck } from './checks.ts';
import { PROBE_PROGRAM } from './probe-program.ts';
import { createWorld, type World } from './world.ts';

const TOKEN = 'fm2_owner';
let dataDir: string;
let fly: LocalMachines;
let registry: TestRegistry;
let world: World;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-first-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  fly = await createLocalMachines({
    dataDir,
    cacheDir: path.join(dataDir, 'cache'),
    hostCommand: {
      command: process.execPath,
      args: ['--input-type=module', '-e', PROBE_PROGRAM, '--', '--control'],
    },
    port: 0,
    token: TOKEN,
    apps: [],
  });
  stack.defer(fly.close);
  registry = await startRegistry(() => 'acme', { acme: TOKEN });
  stack.defer(registry.close);
  const proxy = await startFlyProxy({ baseUrl: fly.baseUrl, token: TOKEN }, { reading: 'own' });
  stack.defer(proxy.close);
  const machines = createMachinesClient({ baseUrl: fly.baseUrl, token: TOKEN, rateLimit: false });
  stack.defer(machines.close);
  const dispatcher = new Agent({ connect: proxy.connect });
  stack.defer(() => dispatcher.close());
  const dial = (url: string, init: object) => fetch(url.replace('https:', 'http:'), { ...init, dispatcher });
  world = createWorld({
    baseUrl: fly.baseUrl,
    token: TOKEN,
    organization: 'acme',
    image: `${registry.host}/platform@${registry.addImage('platform', ['base', 'host'])}`,
    region: 'iad',
    machines,
    fetch: dial as unknown as typeof globalThis.fetch, // undici's types of fetch are its own
    clock: systemClock,
    lateMs: 300,
    privateMs: 2_000,
    package: { name: 'any', version: '1.0.0', env: {} },
  });
});
afterAll(() => stack.disposeAsync());

const look = async (id: string): Promise<Result> => {
  const check = CHECKS.find((one) => one.id === id);
  if (!check) throw new Error(`There is no check ${id}.`);
  return runCheck(check, world, AbortSignal.timeout(60_000));
};

test('every check finds the stand-ins to be as the code assumes', { timeout: 120_000 }, async () => {
  const results: Result[] = [];
  for (const { id } of CHECKS) results.push(await look(id));
  expect(results.filter(({ asAssumed }) => asAssumed !== true)).toEqual([]);
  expect(results.find(({ id }) => id === 'F5')?.seen).toContain('own');
});

test('reports how Fly bears a new app and machine', async () => {
  fly.faults.add({ match: { action: 'create-app' }, effect: { kind: 'unseen', ms: 500 } });
  const { seen, asAssumed } = await look('F2');
  expect(seen).toMatch(/the first machine 404, 200/);
  expect(asAssumed).toBe(true);
});

test('reports a difference, and an error, as what they are', async () => {
  fly.faults.add({ match: { action: 'create' }, effect: { kind: 'answer', when: 'before', status: 422 } });
  expect(await look('F2')).toMatchObject({ asAssumed: false, seen: expect.stringContaining('422') });
  fly.faults.add({ match: { action: 'suspend' }, effect: { kind: 'answer', when: 'before', status: 400 } });
  expect(await look('F3')).toMatchObject({ asAssumed: null, seen: expect.stringContaining('could not be looked at') });
});

test('deletes everything that it has made', async () => {
  expect(await world.cleanUp()).toEqual([]);
  expect((await world.machines.listApps('acme')).map(({ name }) => name)).toEqual([]);
});

test('the probe needs nothing but Node', () => {
  const imports = [...PROBE_PROGRAM.matchAll(/from '([^']+)'/g)].map(([, name]) => name);
  expect(imports.every((name) => name?.startsWith('node:'))).toBe(true);
});
