import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import { startRegistry, type TestRegistry } from '#deploy/image/registry.testing.ts';
import type { PackageImages } from '#server/domain/deployments/reconcile/fleet.ts';
import { createOneAtATime, createPackageImages, type OneAtATime } from './package-images.ts';

const TOKEN = 'fm2_platform';
const SPEC: PackageSpec = { runtime: 'npm', name: 'packed', version: '1.0.0' };
const { signal } = new AbortController();

let registry: TestRegistry;
let digest: string;
let nowMs: number;
let lines: string[];
let settled: () => Promise<void>;
beforeEach(async () => {
  registry = await startRegistry((name) => (name === 'stranger' ? null : 'platform'), { platform: TOKEN });
  digest = registry.addImage('platform-mcp', ['debian', 'host']);
  nowMs = 0;
  lines = [];
});
afterEach(() => registry.close());

/** A queue whose end can be waited for. */
const watched = (): OneAtATime => {
  const queue = createOneAtATime();
  let last: Promise<void> = Promise.resolve();
  settled = () => last;
  return (work) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    queue(() => work().finally(resolve));
  };
};
const open = (app = 'app-one', image = `${registry.host}/platform-mcp@${digest}`): PackageImages => {
  const images = createPackageImages(
    {
      ...{ image, imageToken: TOKEN, app, token: TOKEN, now: () => nowMs },
      log: (level, message) => lines.push(`${level} ${message}`),
    },
    watched(),
    signal,
  );
  if (images === null) throw new Error('The image is pinned.');
  return images;
};

let reads = 0;
const readLayer = async (): Promise<AsyncIterable<Uint8Array>> => {
  reads += 1;
  return (async function* () {
    yield Buffer.from('a layer');
  })();
};

test('keeps an installation once, and every instance finds it', async () => {
  const images = open();
  expect(await images.find(SPEC, signal)).toBeNull();
  reads = 0;
  images.keep(SPEC, readLayer);
  images.keep(SPEC, readLayer);
  await settled();
  const image = await images.find(SPEC, signal);
  expect(image).toMatch(new RegExp(`^${registry.host}/app-one@sha256:`));
  expect(registry.repoOf('app-one').manifests.has(image?.split('@')[1] ?? '')).toBe(true);
  const other = open();
  other.keep(SPEC, readLayer);
  await settled();
  expect([await other.find(SPEC, signal), reads]).toEqual([image, 1]);
});

test('another package, version or machine image has none', async () => {
  const images = open();
  images.keep(SPEC, readLayer);
  await settled();
  expect(await images.find({ ...SPEC, http: { portFlag: '--port' } }, signal)).not.toBeNull();
  expect(await images.find({ ...SPEC, version: '1.0.1' }, signal)).toBeNull();
  const next = registry.addImage('platform-mcp', ['debian', 'host of the next version']);
  expect(await open('app-one', `${registry.host}/platform-mcp@${next}`).find(SPEC, signal)).toBeNull();
});

test('an image that the registry has dropped is looked for again', async () => {
  const images = open();
  images.keep(SPEC, readLayer);
  await settled();
  const image = (await images.find(SPEC, signal)) ?? '';
  registry.repoOf('app-one').tags.clear();
  expect(await images.find(SPEC, signal)).toBe(image); // as a machine would find out
  images.forget(image);
  expect(await images.find(SPEC, signal)).toBeNull();
});

test('a registry that refuses is said in the log, and asked again only after a while', async () => {
  const images = open('stranger');
  expect(await images.find(SPEC, signal)).toBeNull();
  images.keep(SPEC, readLayer);
  await settled();
  expect(lines.filter((line) => line.startsWith('warn')).at(-1)).toContain('install it at boot');
  registry.requests.length = 0;
  images.keep(SPEC, readLayer);
  await settled();
  expect(registry.requests).toEqual([]);
  nowMs += 31 * 60_000;
  images.keep(SPEC, readLayer);
  await settled();
  expect(registry.requests).not.toEqual([]);
});

test('what a machine cannot pack is not kept, and neither is what is not installed', async () => {
  const images = open();
  images.keep(SPEC, async () => null);
  images.keep({ runtime: 'command', command: 'x', args: [] }, readLayer);
  await settled();
  expect(registry.repoOf('app-one').tags.size).toBe(0);
});

test('a machine image without a digest has no such images', () => {
  const options = { imageToken: TOKEN, app: 'app-one', token: TOKEN, log: () => undefined };
  const image = `${registry.host}/platform-mcp:host-1`;
  expect(createPackageImages({ ...options, image }, createOneAtATime(), signal)).toBeNull();
});
