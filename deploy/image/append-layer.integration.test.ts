import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendLayer, type PackedLayer } from './append-layer.ts';
import { packLayerFile } from './pack-layer-file.ts';
import { startRegistry, type TestRegistry } from './registry.testing.ts';
import { digestOf } from './registry.ts';

const TOKEN = 'fm2_platform';
const { signal } = new AbortController();

let registry: TestRegistry;
let folder: string;
let base: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catwalk-append-'));
  registry = await startRegistry((name) => (/^(platform|app)/.test(name) ? 'platform' : null), { platform: TOKEN });
  base = registry.addImage('platform-mcp', ['debian', 'host']);
});
afterEach(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

const ARCHIVE = Buffer.alloc(100_000, 'an archive ');
async function* archive() {
  yield ARCHIVE.subarray(0, 60_000);
  yield ARCHIVE.subarray(60_000);
}
const pack = (name = 'layer', bytesMax = 1e6): Promise<PackedLayer> =>
  packLayerFile(archive(), path.join(folder, name), bytesMax, signal);
const repository = (name: string) => ({ registry: registry.host, name, token: TOKEN });
const append = (layer: PackedLayer, to = 'app-one') =>
  appendLayer({
    base: { repository: repository('platform-mcp'), digest: base },
    to: repository(to),
    tag: 'installed-1',
    ...{ layer, signal },
  });

test('puts a layer on top of an image, with the rest of the image mounted from its repository', async () => {
  const layer = await pack();
  const digest = await append(layer);
  const { blobs, manifests, tags } = registry.repoOf('app-one');
  expect(tags.get('installed-1')).toBe(digest);
  const manifest = JSON.parse(manifests.get(digest)?.bytes.toString() ?? '');
  expect(manifest.layers.map((one: { digest: string }) => one.digest)).toEqual([
    digestOf(Buffer.from('debian')),
    digestOf(Buffer.from('host')),
    layer.digest,
  ]);
  expect(gunzipSync(blobs.get(layer.digest) ?? Buffer.alloc(0))).toEqual(ARCHIVE);
  const config = JSON.parse(blobs.get(manifest.config.digest)?.toString() ?? '');
  expect(config.rootfs.diff_ids.at(-1)).toBe(digestOf(ARCHIVE));
  expect(config.config).toEqual({ Cmd: ['node', 'host'] });
});

test('the same layer on the same image is the same digest', async () => {
  const [one, two] = [await pack('one'), await pack('two')];
  expect({ ...two, path: '' }).toEqual({ ...one, path: '' });
  expect(await append(one, 'app-one')).toBe(await append(two, 'app-two'));
});

test('goes on after an upload that broke off, and refuses a layer that is too large', async () => {
  const layer = await pack();
  registry.faults.cutUploads = 1;
  await expect(append(layer)).rejects.toMatchObject({ name: 'RegistryError' });
  expect(registry.repoOf('app-one').tags.size).toBe(0);
  expect(await append(layer)).toMatch(/^sha256:/);
  await expect(pack('large', 50_000)).rejects.toThrow('too large');
});

test('an image that is not there is reported', async () => {
  base = `sha256:${'0'.repeat(64)}`;
  await expect(append(await pack())).rejects.toMatchObject({ status: 404 });
});
