import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { checkAdvisories, parseFoundAdvisories } from './check-advisories.ts';

let app: TestApp;
let folder: string;
let registry: Server;
let asked: unknown[] = [];
let bulk: { status: number; body: unknown } = { status: 404, body: {} };
const now = new Date('2027-01-01T00:00:00Z');

beforeAll(async () => {
  app = await openTestApp();
  folder = await mkdtemp(path.join(tmpdir(), 'catwalk-advisories-'));
  await mkdir(path.join(folder, 'npm'));
  const osv = {
    id: 'TEST-1',
    summary: 'A made-up fault.',
    aliases: ['GHSA-made-up'],
    affected: [
      {
        package: { ecosystem: 'npm', name: 'made-up' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.2.3' }] }],
        database_specific: { severity: 'CRITICAL' },
      },
    ],
  };
  await writeFile(path.join(folder, 'npm', 'TEST-1.json'), JSON.stringify(osv));
  await writeFile(path.join(folder, 'broken.json'), '{');
  registry = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      asked.push([request.url, JSON.parse(text)]);
      response.writeHead(bulk.status, { 'content-type': 'application/json' }).end(JSON.stringify(bulk.body));
    });
  });
  await new Promise<void>((done) => {
    registry.listen(0, '127.0.0.1', done);
  });
});
afterAll(async () => {
  registry.close();
  await rm(folder, { recursive: true, force: true });
  await app.close();
});

async function installed(packages: object[]): Promise<string> {
  const owner = await app.addUser(`owner-${randomUUID()}`);
  const { id } = await addDeployment(app.prisma, owner.id);
  const { currentReleaseId } = await app.prisma.deployment.findUniqueOrThrow({ where: { id } });
  const releaseId = currentReleaseId ?? '';
  await app.prisma.releasePackages.create({ data: { releaseId, packages, checkAt: now } });
  return releaseId;
}
const rowOf = (releaseId: string) => app.prisma.releasePackages.findUniqueOrThrow({ where: { releaseId } });
const check = (over: Partial<Parameters<typeof checkAdvisories>[0]> = {}) =>
  checkAdvisories(
    {
      prisma: app.prisma,
      events: { publish: async () => {} },
      fetch: (url, init) => fetch(url, init as RequestInit),
      now: () => now,
      database: { kind: 'folder', path: folder },
      npmRegistry: null,
      ...over,
    },
    AbortSignal.timeout(30_000),
  );

test('compares the packages of a serving release with a folder of advisories, once a day', async () => {
  const id = await installed([{ ecosystem: 'npm', name: 'made-up', version: '1.0.0' }]);
  await Promise.all([check(), check()]);
  const row = await rowOf(id);
  expect(parseFoundAdvisories(row.advisories)).toMatchObject([
    { id: 'TEST-1', severity: 'CRITICAL', package: 'made-up', version: '1.0.0', fixed: '1.2.3' },
  ]);
  expect([row.checkedAt, row.problem]).toEqual([now, null]);
  expect(row.checkAt.getTime() - now.getTime()).toBe(24 * 60 * 60_000);
});

test('asks the registry where it offers advisories, and counts one that is in both once', async () => {
  const id = await installed([
    { ecosystem: 'npm', name: 'made-up', version: '1.0.0' },
    { ecosystem: 'npm', name: 'other', version: '2.0.0' },
  ]);
  const entry = { id: 7, severity: 'low', title: 'Another fault.', vulnerable_versions: '<2.1.0' };
  bulk = {
    status: 200,
    body: {
      'made-up': [{ ...entry, url: 'https://advisories.test/GHSA-made-up', vulnerable_versions: '<1.2.3' }],
      other: [{ ...entry, url: 'https://advisories.test/7' }],
    },
  };
  const { port } = registry.address() as AddressInfo; // a TCP listener has an AddressInfo
  asked = [];
  await check({ npmRegistry: new URL(`http://127.0.0.1:${port}/npm/`) });
  expect(asked).toEqual([['/npm/-/npm/v1/security/advisories/bulk', { 'made-up': ['1.0.0'], other: ['2.0.0'] }]]);
  expect(parseFoundAdvisories((await rowOf(id)).advisories)).toMatchObject([
    { id: 'TEST-1' },
    { id: 'npm-7', severity: 'LOW', package: 'other', fixed: '2.1.0' },
  ]);
});

test('keeps what was found, says why, and tries again after an hour where nothing answers', async () => {
  const id = await installed([{ ecosystem: 'npm', name: 'made-up', version: '1.0.0' }]);
  await check();
  await app.prisma.releasePackages.update({ where: { releaseId: id }, data: { checkAt: now } });
  await check({ database: { kind: 'folder', path: path.join(folder, 'absent') } });
  const row = await rowOf(id);
  expect(parseFoundAdvisories(row.advisories)).toHaveLength(1);
  expect(row.problem).toContain('absent');
  expect(row.checkAt.getTime() - now.getTime()).toBe(60 * 60_000);
});

test('reads the database from an address, and reports an answer that is none', async () => {
  const id = await installed([{ ecosystem: 'npm', name: 'far', version: '1.0.0' }]);
  const database = { kind: 'url', url: new URL('https://advisories.test/all.json') } as const;
  const affected = [{ package: { ecosystem: 'npm', name: 'far' }, versions: ['1.0.0'] }];
  await check({ database, fetch: async () => Response.json({ vulns: [{ id: 'TEST-2', affected }] }) });
  expect(parseFoundAdvisories((await rowOf(id)).advisories)).toMatchObject([{ id: 'TEST-2', package: 'far' }]);
  await app.prisma.releasePackages.update({ where: { releaseId: id }, data: { checkAt: now } });
  await check({ database, fetch: async () => new Response('', { status: 503 }) });
  expect((await rowOf(id)).problem).toContain('503');
});

test('keeps the problem of one release from the others of the pass', async () => {
  const ids = [
    await installed([{ ecosystem: 'npm', name: 'one', version: '1.0.0' }]),
    await installed([{ ecosystem: 'npm', name: 'two', version: '1.0.0' }]),
  ];
  let requests = 0;
  const firstFails = async () => {
    requests += 1;
    if (requests === 1) throw new Error('The line was cut.');
    return Response.json({});
  };
  await check({ npmRegistry: new URL('https://registry.test/'), fetch: firstFails });
  const problems = await Promise.all(ids.map(async (id) => (await rowOf(id)).problem));
  expect(problems.sort()).toEqual(['The line was cut.', null]);
});
