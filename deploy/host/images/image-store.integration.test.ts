import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { parseImageReference, registryOrigin } from './image-reference.ts';
import { ensureImage } from './image-store.ts';
import { makeLayer } from './layer.testing.ts';
import { createPublicFetch, PrivateAddressError } from './public-fetch.ts';
import { readImage } from './read-image.ts';
import { type PullRegistry, type PullRegistryOptions, startPullRegistry } from './registry.testing.ts';
import { createRegistryReader, type RegistryLogin } from './registry-access.ts';

const LOGIN = { username: 'ann', password: 'p-1' };
const signal = new AbortController().signal;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-images-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = async (options: PullRegistryOptions = {}): Promise<PullRegistry> => {
  const registry = await startPullRegistry(options);
  onTestFinished(() => registry.close());
  return registry;
};
const readerOf = (
  registry: PullRegistry,
  login: RegistryLogin | null = null,
  trusted = [registry.origin, registry.storageOrigin],
) => {
  const named = parseImageReference(`${registry.host}/acme/notes`);
  if (named === null) throw new Error('The name is one.');
  const origin = registryOrigin(named.registry, trusted);
  return createRegistryReader({ ...named, origin, login, fetch: createPublicFetch(trusted) });
};
const unpack = (registry: PullRegistry, digest: string, reader = readerOf(registry)) =>
  ensureImage({ folder, digest, reader: () => reader, signal, onProgress: () => undefined });
const LAYERS = [
  makeLayer([{ name: 'a', data: 'one' }]),
  makeLayer([
    { name: 'a', data: 'two' },
    { name: 'etc/ld.so.preload', data: '/evil.so' },
  ]),
];
const CONFIG = { Cmd: ['/a'], WorkingDir: '/srv/work', Volumes: { '/var/notes': {} } };

test('unpacks an image under its digest once, with the places that a box needs', async () => {
  const registry = await start();
  const { digest } = registry.addImage({ layers: LAYERS, config: CONFIG });
  const first = await unpack(registry, digest);
  expect(first).toMatchObject({ cached: false, config: { cmd: ['/a'], user: null, workingDir: '/srv/work' } });
  expect(readFileSync(join(first.root, 'a'), 'utf8')).toBe('two');
  for (const path of ['srv/work', 'var/notes', 'etc/resolv.conf', 'etc/passwd'])
    expect(existsSync(join(first.root, path)), path).toBe(true);
  expect(existsSync(join(first.root, 'etc/ld.so.preload'))).toBe(false);
  registry.requests.length = 0;
  expect(await unpack(registry, digest)).toMatchObject({ cached: true, root: first.root });
  expect(registry.requests).toEqual([]);
  expect(readdirSync(folder)).toEqual([digest.replace(':', '-')]);
});

test('two hosts that unpack the same image at once both end with it', async () => {
  const registry = await start();
  const { digest } = registry.addImage({ layers: LAYERS });
  const [one, two] = await Promise.all([unpack(registry, digest), unpack(registry, digest)]);
  expect(one.root).toBe(two.root);
  expect(readdirSync(folder)).toEqual([digest.replace(':', '-')]);
});

test('takes the manifest for linux/amd64 out of an index', async () => {
  const registry = await start();
  const platforms = [
    { os: 'linux', architecture: 'amd64' },
    { os: 'linux', architecture: 'arm64' },
  ];
  const { digest, index } = registry.addImage({ layers: LAYERS, tag: '1', platforms });
  const reader = readerOf(registry);
  expect(await readImage(reader, '1', signal)).toMatchObject({ digest });
  expect(await readImage(reader, index ?? '', signal)).toMatchObject({ digest });
  registry.addImage({ layers: LAYERS, tag: 'arm', platforms: [{ os: 'linux', architecture: 'arm64' }] });
  await expect(readImage(reader, 'arm', signal)).rejects.toMatchObject({ kind: 'unsupported' });
  await expect(readImage(reader, 'absent', signal)).rejects.toMatchObject({ kind: 'not-found' });
});

test('fetches a token anonymously, with a login, or sends the login itself, as the registry asks', async () => {
  const anonymous = await start({ access: 'token' });
  const { digest } = anonymous.addImage({ layers: LAYERS });
  await expect(readImage(readerOf(anonymous), digest, signal)).resolves.toMatchObject({ digest });

  for (const access of ['token', 'basic'] as const) {
    const registry = await start({ access, login: LOGIN });
    registry.addImage({ layers: LAYERS });
    await expect(readImage(readerOf(registry, LOGIN), 'latest', signal)).resolves.toMatchObject({ digest });
    await expect(readImage(readerOf(registry), 'latest', signal)).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(await readerOf(registry, LOGIN).signIn(signal)).toBe(true);
    expect(await readerOf(registry, { ...LOGIN, password: 'no' }).signIn(signal)).toBe(false);
    await expect(readImage(readerOf(registry, { ...LOGIN, password: 'no' }), 'latest', signal)).rejects.toMatchObject({
      kind: 'unauthorized',
    });
  }
});

test('follows layers to a storage elsewhere, and leaves the authorization at the registry', async () => {
  const registry = await start({ access: 'basic', login: LOGIN });
  const { digest } = registry.addImage({ layers: LAYERS });
  registry.faults.elsewhere = true;
  await unpack(registry, digest, readerOf(registry, LOGIN));
  const stored = registry.requests.filter(({ line }) => line.startsWith('STORAGE'));
  expect(stored).toHaveLength(3);
  expect(stored.every(({ authorization }) => authorization === null)).toBe(true);
});

test.each([false, true])('goes on with a download that broke off (ranges are ignored: %s)', async (ignoresRanges) => {
  const registry = await start();
  const { digest } = registry.addImage({
    layers: [...LAYERS, makeLayer([{ name: 'large', data: randomBytes(1_000_000) }])],
  });
  const reader = readerOf(registry);
  registry.faults.ignoresRanges = ignoresRanges;
  registry.faults.cutDownloads = 2;
  const { root } = await unpack(registry, digest, reader);
  expect(statSync(join(root, 'large')).size).toBe(1_000_000);
  expect(registry.requests.some(({ range }) => range !== null && /^bytes=[1-9]/.test(range))).toBe(true);
});

test('refuses layers and manifests that are not what was named, and leaves nothing behind', async () => {
  const registry = await start();
  const { digest } = registry.addImage({ layers: LAYERS });
  registry.faults.damaged = true;
  await expect(unpack(registry, digest)).rejects.toMatchObject({ kind: 'damaged' });
  registry.faults.damaged = false;
  const [layer = ''] = [...registry.blobs.keys()].slice(1);
  registry.blobs.delete(layer);
  await expect(unpack(registry, digest)).rejects.toMatchObject({ kind: 'not-found' });
  const stored = registry.manifests.get(digest);
  if (stored) registry.manifests.set(digest, { ...stored, bytes: Buffer.from(`${stored.bytes.toString()} `) });
  await expect(unpack(registry, digest)).rejects.toMatchObject({ kind: 'damaged' });
  expect(readdirSync(folder)).toEqual([]);
});

test('does not visit a registry, or a storage, with a private address that is not trusted', async () => {
  const registry = await start();
  const { digest } = registry.addImage({ layers: LAYERS });
  await expect(readImage(readerOf(registry, null, []), digest, signal)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(registry.requests).toEqual([]);
  const fetch = createPublicFetch([]);
  const get = (url: string) => fetch(url, { headers: {}, signal });
  const { port } = new URL(registry.origin);
  for (const url of [
    registry.origin,
    `https://127.0.0.1:${port}`,
    `https://[::1]:${port}`,
    `https://localhost:${port}`,
  ])
    await expect(get(url), url).rejects.toBeInstanceOf(PrivateAddressError);
  registry.faults.elsewhere = true;
  await expect(unpack(registry, digest, readerOf(registry, null, [registry.origin]))).rejects.toMatchObject({
    kind: 'unavailable',
  });
  expect(registry.requests.some(({ line }) => line.startsWith('STORAGE'))).toBe(false);
});
