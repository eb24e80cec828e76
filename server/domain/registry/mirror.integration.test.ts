import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createMcpRegistry, type McpRegistry } from '../analysis/registries/mcp-registry.ts';
import { createMirroredRegistry } from '../analysis/registries/mirrored-registry.ts';
import { createSafeFetch } from '../outbound/safe-fetch.ts';
import { createMcpRegistryReader } from './mcp-registry-reader.ts';
import { createRegistryMirror } from './mirror.ts';
import { npmServer, type RegistryStandIn, startRegistryStandIn } from './stand-in.testing.ts';
import { syncSource } from './sync.ts';
import { createReadVersions, type ReadVersions } from './versions.ts';

let database: Database;
let registry: RegistryStandIn;
let mirrored: McpRegistry;
let readVersions: ReadVersions;
let closeFetch: () => Promise<void>;

beforeAll(async () => {
  database = await openTestDatabase();
  registry = await startRegistryStandIn([
    npmServer('io.github.ann/weather'),
    npmServer('io.github.ann/gone', { status: 'deleted' }),
  ]);
  const { fetch, close } = createSafeFetch([registry.url]);
  closeFetch = close;
  const now = () => new Date();
  const log = { info: () => {}, warn: () => {} };
  const deps = { database, now, random: () => 0.5, pause: async () => {}, log };
  const reader = createMcpRegistryReader({ fetch, url: registry.url });
  await syncSource(deps, 'MCP_REGISTRY', reader, AbortSignal.timeout(30_000));
  mirrored = createMirroredRegistry(
    createMcpRegistry({ fetch, url: registry.url }),
    createRegistryMirror(database.prisma),
  );
  readVersions = createReadVersions({ fetch, url: registry.url, now });
});
afterAll(async () => {
  await closeFetch?.();
  await registry?.close();
  await database?.close();
});

const signal = () => AbortSignal.timeout(10_000);

test('while the registry is away the copy answers; what it does not know stays an outage', async () => {
  registry.refuse = () => ({ status: 502 });
  await expect(mirrored.getServer('io.github.ann/weather', signal())).resolves.toMatchObject({
    name: 'io.github.ann/weather',
    packages: [{ type: 'npm', identifier: 'weather' }],
  });
  expect(await mirrored.findByRepository('Ann', 'Weather', signal())).toHaveLength(1);
  await expect(mirrored.getServer('io.github.ann/other', signal())).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
  });
  await expect(mirrored.findByRepository('ann', 'other', signal())).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
  });
  registry.refuse = null;
});

test('while it answers, its word counts: what it does not list is not there', async () => {
  registry.servers = [];
  await expect(mirrored.getServer('io.github.ann/weather', signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await mirrored.findByRepository('ann', 'weather', signal())).toEqual([]);
});

test('requests versions once in ten minutes, and again after a failure', async () => {
  registry.servers = [npmServer('io.github.ann/weather')];
  registry.refuse = () => ({ status: 500 });
  await expect(readVersions('io.github.ann/weather')).rejects.toThrow('status 500');
  registry.refuse = null;
  registry.requests.length = 0;
  expect(await readVersions('io.github.ann/weather')).toMatchObject([{ version: '1.0.0', isLatest: true }]);
  await readVersions('io.github.ann/weather');
  expect(registry.requests).toEqual(['/v0.1/servers/io.github.ann%2Fweather/versions']);
});

test('a page of servers does not become as many requests', async () => {
  const all = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => readVersions(`io.github.ann/s${at}`)));
  expect(all.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(6);
  expect(registry.requests.filter((path) => /s\d\/versions/.test(path)).length).toBeLessThanOrEqual(4);
});
