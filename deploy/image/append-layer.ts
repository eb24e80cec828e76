import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { type Descriptor, descriptorSchema, digestSchema, moveBlob } from './blobs.ts';
import {
  createRepository,
  type Manifest,
  RegistryError,
  type Repository,
  type RepositoryCalls,
} from './distribution.ts';
import { digestOf } from './registry.ts';

/** A layer, packed, in a file: its digests are those of the file and of the tar archive in it. */
export type PackedLayer = { path: string; digest: string; diffId: string; size: number };

export type AppendLayer = {
  /** The image, by digest; in another repository of the registry, or of another one. */
  base: { repository: Repository; digest: string };
  layer: PackedLayer;
  to: Repository;
  /** The tag of the new image. */
  tag: string;
  signal: AbortSignal;
};

const MANIFEST_TYPES: Record<string, { layer: string }> = {
  'application/vnd.oci.image.manifest.v1+json': { layer: 'application/vnd.oci.image.layer.v1.tar+gzip' },
  'application/vnd.docker.distribution.manifest.v2+json': {
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
};
const CONFIG_BYTES_MAX = 4 * 1024 * 1024;

const indexSchema = z.object({
  manifests: z.array(
    z.object({
      digest: digestSchema,
      platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
    }),
  ),
});
const imageSchema = z.looseObject({ config: descriptorSchema.loose(), layers: z.array(descriptorSchema.loose()) });
const configSchema = z.looseObject({
  rootfs: z.looseObject({ diff_ids: z.array(z.string()) }),
  history: z.array(z.unknown()).optional(),
});

const parsed = <Value>(schema: z.ZodType<Value>, bytes: Buffer, what: string): Value => {
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new RegistryError(`${what} of the image cannot be read.`, 200, cause);
  }
};

/** The manifest of the image for linux/amd64, behind an index or not. */
const imageManifest = async (source: RepositoryCalls, digest: string): Promise<Manifest> => {
  const found = await source.getManifest(digest);
  if (MANIFEST_TYPES[found.mediaType] !== undefined) return found;
  const { manifests } = parsed(indexSchema, found.bytes, 'The index');
  const own = manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64');
  // An index that names no platforms is one of a single image.
  const only = own ?? (manifests.length === 1 ? manifests[0] : undefined);
  if (only === undefined) throw new RegistryError('The image is not for linux/amd64.', 404);
  return source.getManifest(only.digest);
};

const blobBytes = async (source: RepositoryCalls, { digest, size }: Descriptor): Promise<Buffer> => {
  if (size > CONFIG_BYTES_MAX) throw new RegistryError('The configuration of the image is too large.', 200);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await source.getBlob(digest)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (digestOf(bytes) !== digest) throw new RegistryError('The configuration of the image is not what it claims.', 200);
  return bytes;
};

const upload = async (
  target: RepositoryCalls,
  descriptor: Descriptor,
  open: () => ReadableStream<Uint8Array>,
): Promise<void> => {
  if (await target.hasBlob(descriptor.digest)) return;
  const location = await target.mountBlob(descriptor.digest, null);
  if (location !== null) await target.uploadBlob(location, descriptor, open());
};

const streamOf = (bytes: Buffer): ReadableStream<Uint8Array> => new Blob([new Uint8Array(bytes)]).stream();

/**
 * Puts a layer on top of an image, and the new image into a repository under a tag (OCI image specification, "Image
 * Manifest" and "Image Configuration"). The same layer on the same image is the same digest, which it resolves to.
 */
export async function appendLayer({ base, layer, to, tag, signal }: AppendLayer): Promise<string> {
  const source = createRepository(base.repository, signal);
  const target = createRepository(to, signal);
  const manifest = await imageManifest(source, base.digest);
  const types = MANIFEST_TYPES[manifest.mediaType];
  if (types === undefined) throw new RegistryError(`The image has a manifest of ${manifest.mediaType}.`, 200);
  const image = parsed(imageSchema, manifest.bytes, 'The manifest');
  const config = parsed(configSchema, await blobBytes(source, image.config), 'The configuration');

  const mountFrom = base.repository.registry === to.registry ? base.repository.name : null;
  for (const blob of image.layers) await moveBlob(source, target, blob, mountFrom);
  const { digest, size, path, diffId } = layer;
  await upload(target, { digest, size }, () => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>); // Node's type is its own

  const configBytes = Buffer.from(
    JSON.stringify({
      ...config,
      rootfs: { ...config.rootfs, diff_ids: [...config.rootfs.diff_ids, diffId] },
      ...(config.history === undefined
        ? {}
        : { history: [...config.history, { created: '1980-01-01T00:00:00Z', created_by: 'catwalk' }] }),
    }),
  );
  const configPart = { digest: digestOf(configBytes), size: configBytes.length };
  await upload(target, configPart, () => streamOf(configBytes));
  const bytes = Buffer.from(
    JSON.stringify({
      ...image,
      config: { ...image.config, ...configPart },
      layers: [...image.layers, { mediaType: types.layer, digest, size }],
    }),
  );
  await target.putManifest(tag, { mediaType: manifest.mediaType, digest: digestOf(bytes), bytes });
  return digestOf(bytes);
}
