import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { pruneSources } from './prune-archives.ts';

const NOW = new Date('2026-06-30T12:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
let database: Database;
let dataDir: string;

beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'catwalk-prune-'));
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});
const prune = () => pruneSources({ prisma: database.prisma, dataDir, now: () => NOW }, AbortSignal.timeout(20_000));
const pathOf = (name: string) => join(dataDir, 'sources', name);
const specOf = (name: string) => ({ runtime: 'archive' as const, path: pathOf(name), integrity: 'sha512-x' });

test('a computer on which no folder was ever deployed has nothing to remove', async () => {
  expect(await prune()).toBe(0);
});

test('keeps archives that a release or a recent analysis names and new archives, and removes the others', async () => {
  const { prisma } = database;
  await mkdir(join(dataDir, 'sources'));
  const files = {
    'released.tgz': 500,
    'analyzed.tgz': 500,
    'young.tgz': 1,
    'forgotten.tgz': 500,
    '.x.partial': 2,
    '.y.partial': 0,
    'mine.txt': 900,
  };
  for (const [name, hours] of Object.entries(files)) {
    await writeFile(pathOf(name), name);
    await utimes(pathOf(name), hoursAgo(hours), hoursAgo(hours));
  }
  await prisma.user.create({ data: { id: 'ada', name: 'Ada', email: 'ada@example.com' } });
  const deployment = await prisma.deployment.create({
    data: { ownerId: 'ada', name: 'Mine', source: '/srv/mine', region: 'local', memoryMb: 256 },
  });
  await prisma.release.create({
    data: {
      ...{ deploymentId: deployment.id, number: 1, runtime: 'npm', package: 'mine', version: '1.0.0' },
      ...{ spec: specOf('released.tgz'), region: 'local', memoryMb: 256, isolation: 'AUTO' },
      ...{ credentialVersion: 1, hostToken: 'x', reason: 'deploy' },
    },
  });
  const candidate = {
    ...{ key: 'k', displayName: 'k', description: null, runtime: 'npm', deployable: true, notDeployableReason: null },
    ...{
      package: 'k',
      version: '1.0.0',
      integrity: null,
      subfolder: null,
      runCommand: 'k',
      arguments: [],
      credentials: [],
    },
    ...{ verified: true, verdict: 'MCP_SERVER', tools: [], notes: null, fixedArguments: [] },
  };
  const analysis = (name: string, expiresAt: Date) => ({
    ...{ ownerId: 'ada', source: '/srv/k', normalizedSource: 'folder:/srv/k', status: 'DONE' as const, expiresAt },
    result: { candidates: [{ ...candidate, spec: specOf(name) }], warnings: [] },
  });
  await prisma.analysis.createMany({
    data: [analysis('analyzed.tgz', hoursAgo(-1)), analysis('forgotten.tgz', hoursAgo(1))],
  });

  expect(await prune()).toBe(2);
  expect((await readdir(join(dataDir, 'sources'))).sort()).toEqual([
    '.y.partial',
    'analyzed.tgz',
    'mine.txt',
    'released.tgz',
    'young.tgz',
  ]);
});
