import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { addDeployment } from '#server/compose/app.testing.ts';
import type { Actor } from '#server/domain/actor.ts';
import { packFolder } from '#server/domain/analysis/files/archive.ts';
import { createGitHub } from '#server/domain/analysis/registries/github.ts';
import { createImageRegistries } from '#server/domain/analysis/registries/images.ts';
import type { PackageIndexes } from '#server/domain/analysis/registries/indexed-package.ts';
import { createNpmRegistry } from '#server/domain/analysis/registries/npm.ts';
import { createPypi } from '#server/domain/analysis/registries/pypi.ts';
import { type NpmStandIn, startNpmStandIn } from '#server/domain/analysis/registries/stand-ins/npm-registry.ts';
import { COMMIT, startWebStandIn, type WebStandIn } from '#server/domain/analysis/registries/stand-ins/web.ts';
import { createEvents, type Events } from '#server/domain/events.ts';
import { createSafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { createResolvePackage, type ResolveDeps, type ResolvePackage } from '../intents/resolve-package.ts';
import { checkVersions } from './newer-version.ts';

const DAY_MS = 24 * 60 * 60_000;
const signal = new AbortController().signal;
const actor: Actor = { userId: 'ann', role: 'MEMBER', scope: 'WRITE', via: 'session', ip: '127.0.0.1' };

let npm: NpmStandIn;
let web: WebStandIn;
let cache: string;
let database: Database;
let events: Events;
let indexes: PackageIndexes;
let resolve: ResolvePackage;
let closeFetch: () => Promise<void>;

beforeAll(async () => {
  [npm, web] = await Promise.all([startNpmStandIn(), startWebStandIn()]);
  cache = await mkdtemp(path.join(tmpdir(), 'catwalk-npm-'));
  const { fetch, close } = createSafeFetch([web.url]);
  closeFetch = close;
  indexes = {
    npm: createNpmRegistry({ configuration: { cache }, registryUrl: npm.url }),
    pypi: createPypi({ fetch, url: web.url }),
  };
  const github = createGitHub({ fetch, apiUrl: web.url, token: null, publicOnly: false, now: () => new Date() });
  const images = createImageRegistries({ fetch, trusted: [], loginFor: () => null });
  resolve = createResolvePackage({ indexes, gitHubOf: async () => github, imagesOf: async () => images, pack });
  npm.publish({ name: 'weather-mcp', version: '1.0.0', bin: { weather: 'a.js' } }, {});
  npm.publish({ name: 'weather-mcp', version: '1.1.0', bin: { 'weather-mcp': 'a.js' } }, {});
  web.project({ name: 'tides', version: '2.0.0' }, {});
  web.answer('/pypi/tides/1.5.0/json', { body: { info: { name: 'tides', version: '1.5.0' } } });
  web.repository('acme/forecast', {});
  web.answer('/repos/acme/forecast/commits/v2', { body: { sha: 'b'.repeat(40) } });
  database = await openTestDatabase();
  events = await createEvents(database.listener);
  await database.prisma.user.create({ data: { id: actor.userId, name: 'Ann', email: 'ann@example.com' } });
});
afterAll(async () => {
  await Promise.all([npm?.close(), web?.close(), closeFetch?.()]);
  await database?.close();
  await rm(cache, { recursive: true, force: true });
});

const pack: ResolveDeps['pack'] = async (who, source, aborted) =>
  who.ip === '127.0.0.1' && source.kind === 'folder' ? packFolder(source.path, cache, aborted) : null;

describe('the package of a new release', () => {
  test('npm: the newest version with its integrity, and its bin only if the version still has it', async () => {
    const spec: PackageSpec = {
      runtime: 'npm',
      name: 'weather-mcp',
      version: '1.0.0',
      integrity: 'old',
      bin: 'weather',
    };
    const newest = await resolve(actor, { spec, source: 'weather-mcp' }, null, signal);
    expect(newest).toEqual({
      runtime: 'npm',
      name: 'weather-mcp',
      version: '1.1.0',
      integrity: expect.stringMatching(/^sha512-/),
    });
    expect(await resolve(actor, { spec, source: 'weather-mcp' }, '1.0.0', signal)).toMatchObject({ bin: 'weather' });
  });

  test('PyPI: the newest version or the named one, with the same extras and Python', async () => {
    const spec: PackageSpec = {
      runtime: 'pypi',
      name: 'tides',
      version: '1.9.0',
      bin: 'tides',
      extras: ['sql'],
      python: '3.12',
    };
    const hashes = ['ab'.repeat(32)];
    const newest = await resolve(actor, { spec, source: 'pypi:tides' }, null, signal);
    expect(newest).toEqual({ ...spec, version: '2.0.0', hashes });
    const named = await resolve(actor, { spec: newest, source: 'pypi:tides' }, '1.5.0', signal);
    expect(named).toEqual({ ...spec, version: '1.5.0' }); // the index has no checksums of its files
    const missing = resolve(actor, { spec, source: 'pypi:tides' }, '9.9.9', signal);
    await expect(missing).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
  });

  test('git: the head of the pasted branch, the default branch, or any named ref', async () => {
    const url = 'https://github.com/acme/forecast.git';
    const spec: PackageSpec = { runtime: 'git', installer: 'npm', url, commit: 'c'.repeat(40), subfolder: 'server' };
    const commitFor = async (source: string, version: string | null) => {
      const found = await resolve(actor, { spec, source }, version, signal);
      expect(found).toMatchObject({ url, installer: 'npm', subfolder: 'server' });
      return 'commit' in found ? found.commit : null;
    };
    expect(await commitFor('acme/forecast', null)).toBe(COMMIT);
    expect(await commitFor('https://github.com/acme/forecast/tree/v2/server', null)).toBe('b'.repeat(40));
    expect(await commitFor('https://github.com/other/forecast/tree/v2', null)).toBe(COMMIT);
    expect(await commitFor('acme/forecast', 'v2')).toBe('b'.repeat(40));
    await expect(commitFor('acme/forecast', 'v3')).rejects.toMatchObject({ code: 'REPOSITORY_NOT_FOUND' });
  });
});

test('a local folder is packed as it is now, only for an actor with access to local files', async () => {
  const folder = path.join(cache, 'tides');
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'tides', version: '1.0.0', bin: { tides: 'server.js' } };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'server.js'), 'one();');
  const { path: file, integrity } = await packFolder(folder, cache, signal);
  const spec: PackageSpec = { runtime: 'archive', path: file, integrity, bin: 'tides' };
  expect(await resolve(actor, { spec, source: folder }, null, signal)).toEqual(spec);
  await writeFile(path.join(folder, 'server.js'), 'two();');
  const now = await resolve(actor, { spec, source: folder }, null, signal);
  expect(now).toMatchObject({ runtime: 'archive', bin: 'tides' });
  expect(now).not.toEqual(spec);
  expect(await resolve({ ...actor, ip: '10.0.0.8' }, { spec, source: folder }, null, signal)).toEqual(spec);
  await expect(resolve(actor, { spec, source: folder }, '2.0.0', signal)).rejects.toMatchObject({
    code: 'VERSION_NOT_FOUND',
  });
});

describe('the daily check for newer versions', () => {
  const deployed = async (spec: object, version: string) => {
    const { id, releaseId } = await addDeployment(database.prisma, actor.userId);
    await database.prisma.release.update({ where: { id: releaseId }, data: { spec, version } });
    return id;
  };
  const read = (id: string) =>
    database.prisma.deployment.findUniqueOrThrow({
      where: { id },
      include: { events: { orderBy: { id: 'asc' } } },
    });
  const look = (now: Date) =>
    checkVersions({ prisma: database.prisma, database, events, now: () => now, indexes }, signal);

  test('checks each package once a day, and records one event for a newer version', async () => {
    const spec = { runtime: 'npm', name: 'weather-mcp', version: '1.0.0' };
    const [first, second, current] = [
      await deployed(spec, '1.0.0'),
      await deployed(spec, '1.0.0'),
      await deployed({ ...spec, version: '1.1.0' }, '1.1.0'),
    ];
    const fromGit = await deployed({ runtime: 'git', url: 'https://github.com/acme/forecast.git' }, 'abc');
    const today = Date.now();

    await look(new Date(today));
    expect((await read(first)).newestVersion).toBeNull(); // made less than a day ago

    const asked = npm.requests.length;
    await look(new Date(today + DAY_MS * 1.01));
    const row = await read(first);
    expect(row).toMatchObject({ newestVersion: '1.1.0', newestVersionSeenAt: new Date(today + DAY_MS * 1.01) });
    expect(row.events.at(-1)).toMatchObject({
      status: 'RUNNING',
      message: 'weather-mcp 1.1.0 is available; this deployment runs 1.0.0.',
    });
    expect((await read(second)).newestVersion).toBe('1.1.0');
    expect((await read(current)).events).toHaveLength(1);
    expect((await read(fromGit)).versionCheckAt).toBeNull();
    expect(new Set(npm.requests.slice(asked))).toEqual(new Set(['/weather-mcp']));
    expect(npm.requests.length - asked).toBeLessThanOrEqual(2); // one look: the packument, perhaps revalidated

    await look(new Date(today + DAY_MS * 1.02));
    await look(new Date(today + DAY_MS * 2.5));
    expect((await read(first)).events).toHaveLength(row.events.length);
  });

  test('checks again after an hour when the registry does not answer', async () => {
    const id = await deployed({ runtime: 'pypi', name: 'tides', version: '1.0' }, '1.0');
    const now = Date.now() + 4 * DAY_MS;
    web.answer('/pypi/tides/json', { status: 503 });
    await look(new Date(now));
    expect(await read(id)).toMatchObject({ newestVersion: null, versionCheckAt: new Date(now + 60 * 60_000) });
    web.project({ name: 'tides', version: '2.0.0' }, {});
    await look(new Date(now + 61 * 60_000));
    expect(await read(id)).toMatchObject({ newestVersion: '2.0.0' });
  });
});
