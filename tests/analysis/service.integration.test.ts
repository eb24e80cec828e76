import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createAnalysisTools } from '../../server/compose/analysis-tools.ts';
import { newAccessToken } from '../../server/domain/access/token.ts';
import type { Actor } from '../../server/domain/actor.ts';
import { type NpmStandIn, startNpmStandIn } from '../../server/domain/analysis/registries/stand-ins/npm-registry.ts';
import { startWebStandIn, type WebStandIn } from '../../server/domain/analysis/registries/stand-ins/web.ts';
import { analysisResultSchema, stageProgressSchema } from '../../server/domain/analysis/result.ts';
import { type AnalysisService, createAnalysisService } from '../../server/domain/analysis/service.ts';
import { createEnvelopes } from '../../server/domain/credentials/envelope.ts';
import { parseKeyRing } from '../../server/domain/credentials/key-ring.ts';
import { createDeploymentService } from '../../server/domain/deployments/service.ts';
import { createEvents } from '../../server/domain/events.ts';

const actor: Actor = { userId: 'u1', role: 'ADMIN', scope: 'WRITE', via: 'session', ip: '127.0.0.1' };
const other: Actor = { ...actor, userId: 'u2' };
const SERVER = { bin: 'index.js', dependencies: { '@modelcontextprotocol/sdk': '1' }, keywords: ['mcp'] };
const CODE = 'const key = process.env.A_API_KEY;\nif (!key) {\n  process.exit(1);\n}\n';

let database: Database;
let npm: NpmStandIn;
let web: WebStandIn;
let dataDir: string;
let now: Date;
let service: AnalysisService;
const notified: string[] = [];
const opened: AnalysisService[] = [];
const closers: (() => Promise<void>)[] = [];

function open(): AnalysisService {
  const { tools, close } = createAnalysisTools({
    npmConfiguration: { cache: join(dataDir, 'npm') },
    npmRegistryUrl: npm.url,
    githubApiUrl: web.url,
    githubToken: null,
    pypiUrl: web.url,
    mcpRegistryUrl: web.url,
    dataDir,
    now: () => now,
  });
  const made = createAnalysisService({
    database,
    notify: async (_, id) => {
      notified.push(id);
    },
    toolsFor: async () => tools,
    now: () => now,
    admit: async () => {},
    localPathsAllowed: ({ ip }) => ip === '127.0.0.1',
    log: () => {},
    retryDelayMs: () => 0,
  });
  closers.push(close);
  opened.push(made);
  return made;
}

const rowOf = (id: string) => database.prisma.analysis.findUniqueOrThrow({ where: { id } });
const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const row = await rowOf(id);
      expect(row.status).not.toBe('RUNNING');
      return row;
    },
    { timeout: 60_000, interval: 10 },
  );
const analyze = async (source: string, as = actor) => ended((await service.start(as, { source, refresh: false })).id);

beforeAll(async () => {
  database = await openTestDatabase();
  for (const { userId } of [actor, other]) {
    await database.prisma.user.create({ data: { id: userId, name: userId, email: `${userId}@example.com` } });
  }
});
afterAll(() => database.close());

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'catwalk-analysis-'));
  [npm, web] = await Promise.all([startNpmStandIn(), startWebStandIn()]);
  npm.publish({ name: 'a-mcp', version: '1.0.0', ...SERVER }, { 'index.js': CODE });
  now = new Date('2026-06-01T00:00:00Z');
  notified.length = 0;
  service = open();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await Promise.all(closers.splice(0).map((close) => close()));
  await Promise.all([npm.close(), web.close()]);
  await database.prisma.analysis.deleteMany();
  await rm(dataDir, { recursive: true, force: true });
});

test('characters that the database cannot hold cost a description those alone', async () => {
  npm.publish({ name: 'b-mcp', version: '1.0.0', description: 'Does \0 it \ud83d.', ...SERVER }, { 'index.js': CODE });
  const row = await analyze('b-mcp');
  expect(row.status).toBe('DONE');
  expect(analysisResultSchema.parse(row.result).candidates).toMatchObject([{ description: 'Does  it \ufffd.' }]);
});

test('answers at once, then finds the server, reporting each stage', async () => {
  const { id, cached } = await service.start(actor, { source: 'a-mcp', refresh: false });
  expect(cached).toBe(false);
  const row = await ended(id);
  expect(row.status).toBe('DONE');
  const [candidate] = analysisResultSchema.parse(row.result).candidates;
  expect(candidate).toMatchObject({
    key: 'npm:a-mcp',
    deployable: true,
    verified: true,
    verdict: 'MCP_SERVER',
    version: '1.0.0',
    integrity: expect.stringMatching(/^sha512-/),
    spec: { runtime: 'npm', name: 'a-mcp', version: '1.0.0', bin: 'a-mcp' },
    credentials: [
      {
        name: 'A_API_KEY',
        kind: 'SECRET',
        requirement: 'HARD',
        evidence: [
          { kind: 'SOURCE_CODE', file: 'index.js', line: 1 },
          { kind: 'SOURCE_CODE', file: 'index.js', line: 2 },
        ],
      },
    ],
  });
  const progress = stageProgressSchema.array().parse(row.progress);
  expect(progress.map(({ stage, state }) => `${stage} ${state}`)).toEqual([
    'RESOLVE DONE',
    'COLLECT DONE',
    'DETECT DONE',
    'MODEL SKIPPED',
    'VERIFY DONE',
  ]);
  expect(notified.filter((one) => one === id).length).toBeGreaterThanOrEqual(6);
});

test('reuses a result for 24 hours, for its owner only, unless a refresh is requested', async () => {
  const first = await analyze('a-mcp');
  expect(await service.start(actor, { source: ' npm:a-mcp ', refresh: false })).toEqual({ id: first.id, cached: true });
  expect((await service.start(other, { source: 'a-mcp', refresh: false })).cached).toBe(false);
  expect((await service.start(actor, { source: 'a-mcp', refresh: true })).id).not.toBe(first.id);
  now = new Date(now.getTime() + 24 * 3_600_000 + 1);
  expect((await service.start(actor, { source: 'a-mcp', refresh: false })).cached).toBe(false);
});

test('keeps changes of a user before deploying out of the cache', async () => {
  const before = await analyze('a-mcp');
  const deployments = createDeploymentService({
    database,
    events: await createEvents(database.listener),
    envelopes: createEnvelopes(parseKeyRing(Buffer.alloc(32, 7).toString('base64'))),
    now: () => now,
    defaults: { region: 'local', memoryMb: 256 },
    regions: ['local'],
    memorySizesMb: [256],
    networkWallsOf: async () => ({ works: true, mayNamePrivate: true }) as const,
    admitMachine: async () => {},
    resolvePackage: async (_actor, { spec }) => spec,
    newAccessToken,
  });
  await deployments.deploy(actor, {
    analysisId: before.id,
    name: 'edited',
    credentials: [{ name: 'A_API_KEY', value: 'my-own-secret' }],
    arguments: [],
    access: 'TOKEN',
    isolation: 'AUTO',
    acceptUnverified: false,
    extraArguments: ['--mine'],
    extraEnvironment: [{ name: 'MINE', value: 'too' }],
  });
  expect(await rowOf(before.id)).toEqual(before);
  expect(await service.start(actor, { source: 'a-mcp', refresh: false })).toEqual({ id: before.id, cached: true });
  await database.prisma.deployment.deleteMany();
});

test('a failure is never reused, and says what to do', async () => {
  const row = await analyze('firecrwl-mcp');
  expect(row).toMatchObject({
    status: 'FAILED',
    failure: { code: 'PACKAGE_NOT_FOUND', hint: 'Did you mean firecrawl-mcp?', retryable: false },
  });
  expect(await analyze('a-mcp@9.9.9')).toMatchObject({
    failure: { code: 'VERSION_NOT_FOUND', hint: expect.stringContaining('1.0.0') },
  });
  expect((await service.start(actor, { source: 'firecrwl-mcp', refresh: false })).cached).toBe(false);
});

test('tries three times during an outage, then reports it with the known facts', async () => {
  npm.failWith(503);
  const row = await analyze('a-mcp');
  expect(row).toMatchObject({ status: 'PARTIAL', failure: { code: 'REGISTRY_UNREACHABLE', retryable: true } });
  expect(analysisResultSchema.parse(row.result).candidates).toMatchObject([
    { package: 'a-mcp', runtime: 'npm', deployable: false, notDeployableReason: expect.stringContaining('later') },
  ]);
  expect((await service.start(actor, { source: 'a-mcp', refresh: false })).cached).toBe(false);
  expect(stageProgressSchema.array().parse(row.progress).at(-1)).toMatchObject({ stage: 'RESOLVE', state: 'FAILED' });
});

test('a package whose files cannot be read gives a partial result', async () => {
  npm.failTarballsWith(500);
  const row = await analyze('a-mcp');
  expect(row.status).toBe('PARTIAL');
  const { candidates, warnings } = analysisResultSchema.parse(row.result);
  expect(candidates).toMatchObject([{ deployable: true, credentials: [] }]);
  expect(warnings).toMatchObject([{ code: 'SOURCE_UNREAD' }, { code: 'NO_REPOSITORY' }]);
});

test('resumes the analyses of a dead process at the next start', async () => {
  npm.hang();
  const { id } = await service.start(actor, { source: 'a-mcp', refresh: false });
  await vi.waitFor(() => expect(npm.requests.length).toBeGreaterThan(0), { timeout: 60_000, interval: 10 });
  await service.close();
  expect((await rowOf(id)).status).toBe('RUNNING');

  await npm.close();
  npm = await startNpmStandIn();
  npm.publish({ name: 'a-mcp', version: '1.0.0', ...SERVER }, { 'index.js': CODE });
  await open().resume();
  expect((await ended(id)).status).toBe('DONE');
});

const leaveBehind = (tries: number) =>
  database.prisma.analysis.create({
    data: {
      ownerId: actor.userId,
      source: 'a-mcp',
      normalizedSource: 'npm:a-mcp',
      createdAt: now,
      expiresAt: now,
      tries,
    },
  });

test('takes up an analysis that one process did not survive, and counts the try before the work', async () => {
  const { id } = await leaveBehind(1);
  await service.resume();
  expect(await ended(id)).toMatchObject({ status: 'DONE', tries: 2 });
});

test('ends an analysis that two processes did not survive, with a sentence and a hint', async () => {
  const { id } = await leaveBehind(2);
  await service.resume();
  expect(await ended(id)).toMatchObject({
    status: 'FAILED',
    tries: 2,
    failure: {
      code: 'ANALYSIS_FAILED',
      message: expect.stringContaining('stopped 2 times'),
      hint: expect.any(String),
      retryable: false,
    },
  });
});

test('an orderly shutdown does not count as a try', async () => {
  npm.hang();
  const { id } = await service.start(actor, { source: 'a-mcp', refresh: false });
  await vi.waitFor(async () => expect(await rowOf(id)).toMatchObject({ tries: 1 }), { timeout: 60_000, interval: 10 });
  await service.close();
  expect(await rowOf(id)).toMatchObject({ status: 'RUNNING', tries: 0 });
});

test('a row that was left long ago is given up', async () => {
  const { id } = await database.prisma.analysis.create({
    data: {
      ownerId: actor.userId,
      source: 'a-mcp',
      normalizedSource: 'npm:a-mcp',
      createdAt: new Date(0),
      expiresAt: now,
    },
  });
  await service.resume();
  expect(await rowOf(id)).toMatchObject({ status: 'FAILED', failure: { code: 'ANALYSIS_FAILED' } });
});

test('several servers of one pasted block become candidates; values stay out of the database', async () => {
  const block = {
    mcpServers: {
      one: { command: 'npx', args: ['-y', 'a-mcp'], env: { A_API_KEY: 'secret-value' } },
      gone: { command: 'npx', args: ['-y', 'no-such-mcp'] },
      far: { url: 'https://far.example/mcp?key=secret-value' },
      image: { command: 'docker', args: ['run', '-i', '--rm', 'ghcr.io/x/y'] },
      mine: { command: '/usr/local/bin/mine' },
    },
  };
  const row = await analyze(JSON.stringify(block));
  expect(row.status).toBe('PARTIAL');
  expect(JSON.stringify(row)).not.toContain('secret-value');
  const { candidates, warnings } = analysisResultSchema.parse(row.result);
  expect(candidates.map(({ displayName, runtime, deployable }) => [displayName, runtime, deployable])).toEqual([
    ['one', 'npm', true],
    ['far', 'remote', true],
    ['image', 'oci', false],
    ['mine', 'source', false],
  ]);
  expect(candidates.filter((one) => !one.deployable).every((one) => one.notDeployableReason)).toBe(true);
  expect(warnings.some((one) => one.code === 'PACKAGE_NOT_FOUND')).toBe(true);
});

test('local paths are refused to those who do not ask over loopback', async () => {
  const far: Actor = { ...actor, ip: '203.0.113.1' };
  await expect(service.start(far, { source: dataDir, refresh: false })).rejects.toMatchObject({
    code: 'INVALID_SOURCE',
  });
});
