import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository } from '../../image/distribution.ts';
import { findOnPath } from '../find-on-path.ts';
import { ensureImage } from './image-store.ts';
import { makeLayer } from './layer.testing.ts';
import { createPublicFetch } from './public-fetch.ts';
import { readImage } from './read-image.ts';
import { type PullRegistry, startPullRegistry } from './registry.testing.ts';
import { createRegistryReader, type RegistryReader } from './registry-access.ts';

/** Debian's package docker-registry: the registry that the distribution specification was written from. */
const [REGISTRY] = findOnPath('docker-registry', process.env['PATH']);
if (REGISTRY === undefined)
  console.warn('The test double is not held against docker-registry, which is not installed.');

const LARGE = randomBytes(2_000_000);
const LAYERS = [
  makeLayer([
    { name: 'a/one', data: '1' },
    { name: 'a/two', data: '2' },
  ]),
  makeLayer([{ name: 'a/.wh.one' }, { name: 'large', data: LARGE }]),
];
const signal = new AbortController().signal;

let folder = '';
let child: ChildProcess | null = null;
let realHost = '';
let double: PullRegistry;
let digest = '';

/** Starts the registry on a free port, which its log names. */
const startReal = async (command: string): Promise<string> => {
  const config = join(folder, 'config.yml');
  await writeFile(
    config,
    [
      'version: 0.1',
      'log: { level: info, formatter: json }',
      `storage: { filesystem: { rootdirectory: ${join(folder, 'storage')} } }`,
      'http: { addr: 127.0.0.1:0 }',
      '',
    ].join('\n'),
  );
  const started = spawn(command, ['serve', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  child = started;
  let log = '';
  return new Promise((resolve, reject) => {
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        const port = /listening on 127\.0\.0\.1:(\d+)/.exec(log)?.[1];
        if (port !== undefined && port !== '0') resolve(`127.0.0.1:${port}`);
      });
    started.once('exit', () => reject(new Error(`The registry ended: ${log}`)));
  });
};

/** Pushes the image of the double, byte for byte, with the calls that copy images on Fly. */
const pushTo = async (host: string): Promise<void> => {
  const target = createRepository({ registry: host, name: 'acme/notes', token: null }, signal);
  for (const [name, bytes] of double.blobs) {
    const location = await target.mountBlob(name, null);
    if (location !== null)
      await target.uploadBlob(
        location,
        { digest: name, size: bytes.length },
        new Blob([new Uint8Array(bytes)]).stream(),
      );
  }
  const manifest = double.manifests.get(digest);
  if (manifest) await target.putManifest('1', { mediaType: manifest.type, digest, bytes: manifest.bytes });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-real-registry-'));
  double = await startPullRegistry();
  digest = double.addImage({ layers: LAYERS, config: { Cmd: ['/a'] }, tag: '1' }).digest;
  if (REGISTRY === undefined) return;
  realHost = await startReal(REGISTRY);
  await pushTo(realHost);
});
afterAll(async () => {
  if (child !== null && child.exitCode === null) {
    child.kill();
    await once(child, 'exit');
  }
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(REGISTRY === undefined ? ['the double'] : ['the double', 'docker-registry'])('%s', (kind) => {
  const reader = (): RegistryReader => {
    const registry = kind === 'the double' ? double.host : realHost;
    const origin = `http://${registry}`;
    return createRegistryReader({
      registry,
      repository: 'acme/notes',
      origin,
      login: null,
      fetch: createPublicFetch([origin]),
    });
  };

  test('names an image by tag and by digest', async () => {
    expect(await readImage(reader(), '1', signal)).toMatchObject({ digest, config: { cmd: ['/a'] } });
    expect(await readImage(reader(), digest, signal)).toMatchObject({ digest });
  });

  test('answers to what it does not have with 404', async () => {
    await expect(readImage(reader(), 'other', signal)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(readImage(reader(), `sha256:${'0'.repeat(64)}`, signal)).rejects.toMatchObject({ kind: 'not-found' });
    const blob = await reader().get({ path: `blobs/sha256:${'0'.repeat(64)}`, timeoutMs: 10_000 }, signal);
    await blob.body?.cancel();
    expect(blob.status).toBe(404);
  });

  test('goes on with a layer from where a download stopped', async () => {
    const { layers } = await readImage(reader(), '1', signal);
    const part = layers[1];
    const path = `blobs/${part?.digest}`;
    const rest = await reader().get({ path, headers: { range: 'bytes=1000000-' }, timeoutMs: 10_000 }, signal);
    const bytes = Buffer.from(await rest.arrayBuffer());
    expect([rest.status, bytes.equals(LAYERS[1]?.subarray(1_000_000) ?? Buffer.alloc(0))]).toEqual([206, true]);
  });

  test('gives out an image that unpacks', async () => {
    const options = { digest, reader, signal, onProgress: () => undefined };
    const { root } = await ensureImage({ ...options, folder: join(folder, kind.replace(' ', '-')) });
    expect(readdirSync(join(root, 'a'))).toEqual(['two']);
    expect(readFileSync(join(root, 'a/two'), 'utf8')).toBe('2');
    expect(statSync(join(root, 'large')).size).toBe(LARGE.length);
  });

  test('accepts a sign-in where it asks for none', async () => {
    expect(await reader().signIn(signal)).toBe(true);
  });
});
