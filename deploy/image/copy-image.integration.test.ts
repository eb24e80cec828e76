import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyImage, findUnreadable } from './copy-image.ts';
import { startRegistry, type TestRegistry } from './registry.testing.ts';

const PLATFORM = 'fm2_platform';
const ACME = 'fm2_acme';
const ORGANIZATIONS: Record<string, string> = {
  'platform-mcp': 'platform',
  'platform-two': 'platform',
  'acme-app': 'acme',
};

let registry: TestRegistry;
let digest: string;
beforeEach(async () => {
  registry = await startRegistry((name) => ORGANIZATIONS[name] ?? null, { platform: PLATFORM, acme: ACME });
  digest = registry.addImage('platform-mcp', ['base', 'node', 'host']);
});
afterEach(() => registry.close());

const source = () => ({ registry: registry.host, name: 'platform-mcp', token: PLATFORM });
const copy = (name: string, token: string, reference = digest) =>
  copyImage({
    from: source(),
    to: { registry: registry.host, name, token },
    reference,
    signal: new AbortController().signal,
  });

test('copies every part of an image into an organization that cannot see the source, and tags it', async () => {
  expect(await copy('acme-app', `FlyV1 ${ACME}`)).toEqual({ digest, present: false, mounted: 0, uploaded: 4 });
  const { blobs, manifests, tags } = registry.repoOf('acme-app');
  expect(blobs).toEqual(registry.repoOf('platform-mcp').blobs);
  expect(manifests.get(digest)).toEqual(registry.repoOf('platform-mcp').manifests.get(digest));
  expect([...tags.values()]).toEqual([digest]);
});

test('costs one request for an image that is there already', async () => {
  await copy('acme-app', ACME);
  registry.requests.length = 0;
  expect(await copy('acme-app', ACME)).toMatchObject({ present: true });
  expect(registry.requests).toEqual([`HEAD /v2/acme-app/manifests/${digest}`]);
});

test('mounts layers within one organization, and uploads them where the registry does not mount', async () => {
  expect(await copy('platform-two', PLATFORM)).toMatchObject({ mounted: 4, uploaded: 0 });
  registry.repoOf('platform-two').manifests.clear();
  registry.repoOf('platform-two').blobs.clear();
  registry.faults.forbidMounts = true;
  expect(await copy('platform-two', PLATFORM)).toMatchObject({ mounted: 0, uploaded: 4 });
});

test('goes on after an upload that broke off, without the layers that are there', async () => {
  await copy('acme-app', ACME);
  registry.repoOf('acme-app').manifests.clear();
  registry.repoOf('acme-app').blobs.delete([...registry.repoOf('acme-app').blobs.keys()][0] ?? '');
  registry.faults.cutUploads = 1;
  await expect(copy('acme-app', ACME)).rejects.toMatchObject({ name: 'RegistryError', status: null });
  expect(await copy('acme-app', ACME)).toMatchObject({ uploaded: 1 });
});

test('copies the image that a tag names', async () => {
  expect(await copy('acme-app', ACME, 'host-1')).toMatchObject({ digest, present: false });
  await expect(copy('acme-app', ACME, 'host-2')).rejects.toMatchObject({ status: 404 });
});

test('reports a repository that the token may not write, and an image that is not there', async () => {
  await expect(copy('acme-app', PLATFORM)).rejects.toMatchObject({ status: 401 });
  await expect(copy('acme-app', ACME, `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ status: 404 });
});

test('finds the part of an image that cannot be read', async () => {
  const { signal } = new AbortController();
  expect(await findUnreadable(source(), digest, signal)).toBeNull();
  const [first = ''] = registry.repoOf('platform-mcp').blobs.keys();
  registry.repoOf('platform-mcp').blobs.delete(first);
  expect(await findUnreadable(source(), digest, signal)).toBe(first);
});
