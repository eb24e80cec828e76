import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { startWebStandIn } from '../analysis/registries/stand-ins/web.ts';
import { createSafeFetch } from '../outbound/safe-fetch.ts';
import { createDirectoryReader } from './directory-reader.ts';
import type { RegistryReader } from './listed-server.ts';
import { createMcpRegistryReader } from './mcp-registry-reader.ts';
import { npmServer, type RegistryStandIn, startRegistryStandIn } from './stand-in.testing.ts';
import { syncSource } from './sync.ts';
import { makeDue } from './sync-lease.ts';

const HOUR_MS = 3_600_000;
const named = (index: number) => `io.github.o${index}/s${String(index).padStart(5, '0')}`;

let database: Database;
let registry: RegistryStandIn;
let reader: RegistryReader;
let closeFetch: () => Promise<void>;
let now: Date;
let logged: string[];
let warnings: object[];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  registry = await startRegistryStandIn();
  const { fetch, close } = createSafeFetch([registry.url]);
  closeFetch = close;
  reader = createMcpRegistryReader({ fetch, url: registry.url });
  now = new Date();
  logged = [];
  warnings = [];
});
afterEach(async () => {
  await closeFetch();
  await registry.close();
  await database.prisma.registrySync.deleteMany();
  await database.prisma.registryServer.deleteMany();
});

const note = (_fields: object, message: string) => void logged.push(message);
const deps = () => ({
  database,
  now: () => now,
  random: () => 0.5,
  pause: async () => {},
  log: {
    info: note,
    warn: (fields: object, message: string) => {
      note(fields, message);
      warnings.push(fields);
    },
  },
});
const sync = (as = reader, signal = AbortSignal.timeout(30_000)) => syncSource(deps(), 'MCP_REGISTRY', as, signal);
const state = () => database.prisma.registrySync.findUniqueOrThrow({ where: { source: 'MCP_REGISTRY' } });
const status = async (name: string) =>
  (await database.prisma.registryServer.findUnique({ where: { name } }))?.status ?? null;
const later = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds);
};

test('reads every page, then only changes, and no longer lists deleted servers', async () => {
  registry.servers = Array.from({ length: 250 }, (_, at) => npmServer(named(at)));
  expect(await sync()).toBe('done');
  expect(await database.prisma.registryServer.count()).toBe(250);
  expect(registry.requests).toHaveLength(3);
  expect(await state()).toMatchObject({ read: 250, failures: 0, cursor: null, leaseOwner: null, error: null });

  expect(await sync()).toBe('idle');
  later(1.2 * HOUR_MS);
  registry.servers = registry.servers.map((one, at) => ({
    ...one,
    ...(at === 7 ? { status: 'deleted' as const, statusMessage: 'Gone.', updatedAt: now.toISOString() } : {}),
    ...(at === 8 ? { status: 'deprecated' as const, updatedAt: now.toISOString() } : {}),
  }));
  expect(await sync()).toBe('done');
  expect(registry.requests.at(-1)).toContain('updated_since=');
  expect((await state()).read).toBe(2);
  expect(await status(named(7))).toBe('DELETED');
  expect(await status(named(8))).toBe('DEPRECATED');
});

test('reports an outage as one line with its reason, and only once', async () => {
  registry.refuse = () => ({ status: 503 });
  expect(await sync()).toBe('failed');
  later(HOUR_MS);
  expect(await sync()).toBe('failed');
  expect(warnings).toEqual([{ source: 'MCP_REGISTRY', reason: 'The MCP registry answered with status 503.' }]);
});

test('a pass that an outage broke off goes on from its page, and waits longer each time', async () => {
  registry.servers = Array.from({ length: 250 }, (_, at) => npmServer(named(at)));
  registry.refuse = (path) => (path.includes('cursor=100') ? { status: 503 } : null);
  expect(await sync()).toBe('failed');
  const first = await state();
  expect(first).toMatchObject({ cursor: '100', failures: 1, error: 'The MCP registry answered with status 503.' });
  expect(await database.prisma.registryServer.count()).toBe(100);
  later(61_000);
  expect(await sync()).toBe('failed');
  const second = await state();
  expect(second.nextAt.getTime() - now.getTime()).toBeGreaterThan(first.nextAt.getTime() - now.getTime() + 60_000);

  later(5 * 60_000);
  registry.refuse = null;
  registry.requests.length = 0;
  expect(await sync()).toBe('done');
  expect(registry.requests[0]).toContain('cursor=100');
  expect(await state()).toMatchObject({ failures: 0, error: null, read: 250 });
});

test('a refresh that a person starts and that fails neither puts off the next automatic one nor makes it wait longer', async () => {
  registry.servers = [npmServer(named(1))];
  expect(await sync()).toBe('done');
  const { nextAt: planned } = await state();
  registry.refuse = () => ({ status: 503 });
  for (const _click of [1, 2, 3]) {
    later(61_000);
    await makeDue(database.prisma, ['MCP_REGISTRY'], now);
    expect(await state()).toMatchObject({ nextAt: now, plannedAt: planned });
    expect(await sync()).toBe('failed');
    expect(await state()).toMatchObject({ nextAt: planned, plannedAt: null, failures: 0, error: expect.any(String) });
  }
  later(planned.getTime() - now.getTime());
  registry.refuse = null;
  expect(await sync()).toBe('done');
  expect(await state()).toMatchObject({ failures: 0, error: null });
});

test('waits as long as a registry requests', async () => {
  registry.servers = [npmServer(named(1))];
  registry.refuse = () => ({ status: 429, headers: { 'retry-after': '7200' } });
  await sync();
  expect((await state()).nextAt.getTime() - now.getTime()).toBe(7_200_000);
});

test('gives its row back when it is stopped, due at once', async () => {
  registry.servers = Array.from({ length: 250 }, (_, at) => npmServer(named(at)));
  const stopping = new AbortController();
  registry.refuse = (path) => {
    if (path.includes('cursor=200')) stopping.abort();
    return null;
  };
  expect(await sync(reader, stopping.signal)).toBe('failed');
  expect(await state()).toMatchObject({ cursor: '200', failures: 0, leaseOwner: null });
  expect(await sync()).toBe('done');
});

test('lets one instance read a source, takes over from one that hangs, and refuses its later writes', async () => {
  registry.servers = Array.from({ length: 150 }, (_, at) => npmServer(named(at)));
  const hanging = Promise.withResolvers<void>();
  const slow: RegistryReader = {
    isIncremental: true,
    readPage: async (request, signal) => {
      if (request.cursor !== null) await hanging.promise;
      return reader.readPage(request, signal);
    },
  };
  const first = sync(slow);
  while ((await database.prisma.registryServer.count()) === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await sync()).toBe('idle');
  later(91_000); // its lease has run out
  registry.servers = registry.servers.slice(0, 149);
  expect(await sync()).toBe('done');
  registry.servers = Array.from({ length: 150 }, (_, at) => npmServer(named(at)));
  hanging.resolve();
  expect(await first).toBe('lost');
  expect(await database.prisma.registryServer.count()).toBe(149);
});

test('restarts the pass when its cursor is no longer known', async () => {
  registry.servers = Array.from({ length: 150 }, (_, at) => npmServer(named(at)));
  registry.refuse = (path) => (path.includes('cursor=') ? { status: 400 } : null);
  await sync();
  expect(await state()).toMatchObject({ cursor: null, passStartedAt: null });
});

test('removes a missing server after a day, and changes nothing if a registry lost most of its data', async () => {
  registry.servers = Array.from({ length: 10 }, (_, at) => npmServer(named(at)));
  await sync();
  registry.servers = registry.servers.slice(1);
  later(25 * HOUR_MS);
  expect(await sync()).toBe('done');
  expect(await status(named(0))).toBe('DELETED');

  registry.servers = registry.servers.slice(6);
  later(25 * HOUR_MS);
  expect(await sync()).toBe('done');
  expect(await status(named(1))).toBe('ACTIVE');
  expect(logged.at(-1)).toContain('More than half');
});

test('texts of strangers become one line; what cannot be read is skipped and counted', async () => {
  const hostile = npmServer('io.github.a/b', {
    title: 'A\u202eB\n\0<b>',
    description: 'x'.repeat(5_000),
    more: {
      websiteUrl: 'javascript:alert(1)',
      repository: { url: 'data:text/html,x' },
      packages: [{ registryType: 'npm', identifier: 'a', transport: { type: 'stdio' } }],
    },
  });
  registry.servers = [
    hostile,
    npmServer('no-slash'),
    npmServer('io.github.a/deep', { more: { packages: [], deep: JSON.parse('['.repeat(1_000) + ']'.repeat(1_000)) } }),
    npmServer('io.github.a/late', { publishedAt: '+275000-01-01T00:00:00Z', more: { 'nul\0': 'x\0\ud800' } }),
    npmServer('io.github.a/huge', { more: { packages: [], filler: 'x'.repeat(70_000) } }),
  ];
  expect(await sync()).toBe('done');
  expect((await state()).skipped).toBe(3);
  expect(await status('io.github.a/late')).toBe('ACTIVE');
  const row = await database.prisma.registryServer.findUniqueOrThrow({ where: { name: 'io.github.a/b' } });
  expect(row.title).toBe('A B <b>');
  expect(row.description).toHaveLength(1_000);
  expect(row.repository).toBeNull();
});

test('a source that names the same page for ever is given up', async () => {
  const looping: RegistryReader = {
    isIncremental: true,
    readPage: async () => ({ servers: [], skipped: 0, nextCursor: 'again', at: null }),
  };
  expect(await sync(looping)).toBe('failed');
  expect((await state()).error).toContain('same page');
});

test('a directory of another kind goes into the same list, without what the MCP registry lists too', async () => {
  registry.servers = [npmServer('io.github.o/r')];
  await sync();
  const web = await startWebStandIn();
  const { fetch, close } = createSafeFetch([web.url]);
  const record = (slug: string) => ({
    namespace: 'o',
    slug,
    name: slug.toUpperCase(),
    description: 'From a directory.',
    repository: { url: `https://github.com/O/${slug}` },
    spdxLicense: { name: 'MIT License' },
    url: `https://directory.example/${slug}`,
  });
  web.answer('/api/servers?first=100', {
    body: { servers: [record('r'), { slug: 'no-namespace' }], pageInfo: { hasNextPage: true, endCursor: 'two' } },
  });
  web.answer('/api/servers?first=100&after=two', {
    body: { servers: [record('q')], pageInfo: { hasNextPage: false } },
  });
  const directory = createDirectoryReader({ fetch, url: `${web.url}/api` });
  expect(await syncSource(deps(), 'DIRECTORY', directory, AbortSignal.timeout(10_000))).toBe('done');
  const rows = await database.prisma.registryServer.findMany({
    where: { source: 'DIRECTORY' },
    orderBy: { name: 'asc' },
  });
  expect(rows).toMatchObject([
    { name: 'directory:o/q', title: 'Q', duplicate: false, deployable: true, repository: 'o/q' },
    { name: 'directory:o/r', duplicate: true },
  ]);

  later(1.2 * HOUR_MS);
  registry.servers = [npmServer('io.github.o/r', { status: 'deleted', updatedAt: now.toISOString() })];
  await sync();
  expect(await database.prisma.registryServer.count({ where: { duplicate: true } })).toBe(0);
  await close();
  await web.close();
});
