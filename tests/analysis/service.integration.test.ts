import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { newAccessToken } from '../../server/domain/access/token.ts';
import type { Actor } from '../../server/domain/actor.ts';
import { stageProgressSchema } from '../../server/domain/analysis/progress.ts';
import { analysisResultSchema } from '../../server/domain/analysis/result.ts';
import { createEnvelopes } from '../../server/domain/credentials/envelope.ts';
import { parseKeyRing } from '../../server/domain/credentials/key-ring.ts';
import { createDeploymentService } from '../../server/domain/deployments/service.ts';
import { createEvents } from '../../server/domain/events.ts';
import { type AnalysisRig, actor, CODE, openAnalysisRig, other, SERVER } from './analysis-service.testing.ts';

let rig: AnalysisRig;
beforeAll(async () => {
  rig = await openAnalysisRig();
});
afterAll(() => rig?.close());
beforeEach(() => rig.begin());
afterEach(() => rig.end());

test('characters that the database cannot hold cost a description those alone', async () => {
  rig.npm.publish(
    { name: 'b-mcp', version: '1.0.0', description: 'Does \0 it \ud83d.', ...SERVER },
    { 'index.js': CODE },
  );
  const row = await rig.analyze('b-mcp');
  expect(row.status).toBe('DONE');
  expect(analysisResultSchema.parse(row.result).candidates).toMatchObject([{ description: 'Does  it \ufffd.' }]);
});

test('answers at once, then finds the server, reporting each stage', async () => {
  const { id, cached } = await rig.service.start(actor, { source: 'a-mcp', refresh: false });
  expect(cached).toBe(false);
  const row = await rig.ended(id);
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
  expect(rig.notified.filter((one) => one === id).length).toBeGreaterThanOrEqual(6);
});

test('reuses a result for 24 hours, for its owner only, unless a refresh is requested', async () => {
  const first = await rig.analyze('a-mcp');
  expect(await rig.service.start(actor, { source: ' npm:a-mcp ', refresh: false })).toEqual({
    id: first.id,
    cached: true,
  });
  expect((await rig.service.start(other, { source: 'a-mcp', refresh: false })).cached).toBe(false);
  expect((await rig.service.start(actor, { source: 'a-mcp', refresh: true })).id).not.toBe(first.id);
  rig.pass(24 * 3_600_000 + 1);
  expect((await rig.service.start(actor, { source: 'a-mcp', refresh: false })).cached).toBe(false);
});

test('keeps changes of a user before deploying out of the cache', async () => {
  const before = await rig.analyze('a-mcp');
  const deployments = createDeploymentService({
    database: rig.database,
    events: await createEvents(rig.database.listener),
    envelopes: createEnvelopes(parseKeyRing(Buffer.alloc(32, 7).toString('base64'))),
    now: () => rig.now,
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
  expect(await rig.rowOf(before.id)).toEqual(before);
  expect(await rig.service.start(actor, { source: 'a-mcp', refresh: false })).toEqual({ id: before.id, cached: true });
  await rig.database.prisma.deployment.deleteMany();
});

test('a failure is never reused, and says what to do', async () => {
  const row = await rig.analyze('firecrwl-mcp');
  expect(row).toMatchObject({
    status: 'FAILED',
    failure: { code: 'PACKAGE_NOT_FOUND', hint: 'Did you mean firecrawl-mcp?', retryable: false },
  });
  expect(await rig.analyze('a-mcp@9.9.9')).toMatchObject({
    failure: { code: 'VERSION_NOT_FOUND', hint: expect.stringContaining('1.0.0') },
  });
  expect((await rig.service.start(actor, { source: 'firecrwl-mcp', refresh: false })).cached).toBe(false);
});

test('tries three times during an outage, then reports it with the known facts', async () => {
  rig.npm.failWith(503);
  const row = await rig.analyze('a-mcp');
  expect(row).toMatchObject({ status: 'PARTIAL', failure: { code: 'REGISTRY_UNREACHABLE', retryable: true } });
  expect(analysisResultSchema.parse(row.result).candidates).toMatchObject([
    { package: 'a-mcp', runtime: 'npm', deployable: false, notDeployableReason: expect.stringContaining('later') },
  ]);
  expect((await rig.service.start(actor, { source: 'a-mcp', refresh: false })).cached).toBe(false);
  expect(stageProgressSchema.array().parse(row.progress).at(-1)).toMatchObject({ stage: 'RESOLVE', state: 'FAILED' });
});

test('a package whose files cannot be read gives a partial result', async () => {
  rig.npm.failTarballsWith(500);
  const row = await rig.analyze('a-mcp');
  expect(row.status).toBe('PARTIAL');
  const { candidates, warnings } = analysisResultSchema.parse(row.result);
  expect(candidates).toMatchObject([{ deployable: true, credentials: [] }]);
  expect(warnings).toMatchObject([{ code: 'SOURCE_UNREAD' }, { code: 'NO_REPOSITORY' }]);
});

test('several servers of one pasted block become candidates; values stay out of the database', async () => {
  const block = {
    mcpServers: {
      one: { command: 'npx', args: ['-y', 'a-mcp'], env: { A_API_KEY: 'secret-value' } },
      gone: { command: 'npx', args: ['-y', 'no-such-mcp'] },
      far: { url: 'https://far.example/mcp?key=secret-value' },
      image: { command: 'docker', args: ['run', '-i', '--rm', '127.0.0.1:9/x/y'] },
      mine: { command: '/usr/local/bin/mine' },
    },
  };
  const row = await rig.analyze(JSON.stringify(block));
  expect(row.status).toBe('PARTIAL');
  expect(JSON.stringify(row)).not.toContain('secret-value');
  const { candidates, warnings } = analysisResultSchema.parse(row.result);
  expect(candidates.map(({ displayName, runtime, deployable }) => [displayName, runtime, deployable])).toEqual([
    ['one', 'npm', true],
    ['far', 'remote', true],
    ['mine', 'source', false],
  ]);
  expect(candidates.filter((one) => !one.deployable).every((one) => one.notDeployableReason)).toBe(true);
  const codes = warnings.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['PACKAGE_NOT_FOUND', 'REGISTRY_UNREACHABLE']));
});

test('local paths are refused to those who do not ask over loopback', async () => {
  const far: Actor = { ...actor, ip: '203.0.113.1' };
  await expect(rig.service.start(far, { source: rig.dataDir, refresh: false })).rejects.toMatchObject({
    code: 'INVALID_SOURCE',
  });
});
