import { createHash } from 'node:crypto';
import { isRecord, isText, parseJson } from '../records.ts';
import { type ImageConfig, readImageConfig } from './image-config.ts';
import { ImageError } from './image-error.ts';
import { isImageDigest } from './image-reference.ts';
import { readBounded } from './read-bounded.ts';
import type { RegistryReader } from './registry-access.ts';

/** A part of an image: a layer, its configuration or a manifest. */
export type Descriptor = { mediaType: string; digest: string; size: number };

/** An image for one platform, as its registry describes it. */
export type Image = {
  /** The digest of the manifest for this platform: the same digest is the same image for good. */
  digest: string;
  config: ImageConfig;
  layers: Descriptor[];
  /** The manifest and the configuration, byte for byte. */
  manifest: { mediaType: string; bytes: Buffer };
  configBytes: Buffer;
};

/** The platform of machines, on this computer and on Fly. */
export const IMAGE_PLATFORM = { os: 'linux', architecture: 'amd64' } as const;

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const CALL_MS_MAX = 20_000;
const DOCUMENT_BYTES_MAX = 4 * 1024 * 1024;
const LAYERS_MAX = 256;

export const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const readAll = (response: Response, name: string): Promise<Buffer> => {
  const tooLarge = new ImageError('too-large', `The description of ${name} is larger than 4 MB.`);
  return readBounded(response, DOCUMENT_BYTES_MAX, tooLarge);
};

const parse = (bytes: Buffer, name: string): Record<string, unknown> => {
  const value = parseJson(bytes.toString('utf8'));
  if (isRecord(value)) return value;
  throw new ImageError('damaged', `The description of ${name} is not JSON.`);
};

const descriptorOf = (value: unknown, name: string): Descriptor => {
  if (isRecord(value) && isText(value['digest']) && isImageDigest(value['digest'])) {
    const { digest, size, mediaType } = value;
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)
      return { digest, size, mediaType: isText(mediaType) ? mediaType : '' };
  }
  throw new ImageError('damaged', `The manifest of ${name} names a part without a digest or a size.`);
};

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The manifest for this platform out of an index. */
const chooseFrom = (manifests: unknown[], name: string): Descriptor => {
  const platforms = manifests.map((one) => (isRecord(one) && isRecord(one['platform']) ? one['platform'] : {}));
  const at = platforms.findIndex(
    ({ os, architecture }) => os === IMAGE_PLATFORM.os && architecture === IMAGE_PLATFORM.architecture,
  );
  if (at !== -1) return descriptorOf(manifests[at], name);
  const offered = platforms.flatMap(({ os, architecture }) =>
    isText(os) && isText(architecture) && os !== 'unknown' ? [`${os}/${architecture}`] : [],
  );
  throw new ImageError(
    'unsupported',
    `${name} is not built for linux/amd64${offered.length > 0 ? `, but for ${offered.slice(0, 5).join(', ')}` : ''}.`,
    { hint: 'Look for another tag, or ask its authors for an image for linux/amd64.' },
  );
};

/** Reads the image that a tag or digest names: its manifest for linux/amd64 and its configuration. Throws an ImageError. */
export const readImage = async (reader: RegistryReader, reference: string, signal: AbortSignal): Promise<Image> => {
  const name = `${reader.registry}/${reader.repository}`;
  const getManifest = async (wanted: string) => {
    const answer = await reader.get(
      { path: `manifests/${wanted}`, headers: { accept: MANIFESTS }, timeoutMs: CALL_MS_MAX },
      signal,
    );
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new ImageError('not-found', `${name} has no image ${wanted}.`, {
        hint: 'Check the name and the tag of the image.',
      });
    }
    const bytes = await readAll(answer, name);
    const digest = digestOf(bytes);
    if (isImageDigest(wanted) && digest !== wanted)
      throw new ImageError('damaged', `The registry answered with another manifest of ${name} than was asked for.`);
    const document = parse(bytes, name);
    const mediaType = isText(document['mediaType'])
      ? document['mediaType']
      : (answer.headers.get('content-type') ?? '').split(';')[0]?.trim();
    return { bytes, digest, document, mediaType: mediaType ?? '' };
  };

  let found = await getManifest(reference);
  if (Array.isArray(found.document['manifests'])) {
    found = await getManifest(chooseFrom(found.document['manifests'], name).digest);
    if (Array.isArray(found.document['manifests']))
      throw new ImageError('unsupported', `The index of ${name} names another index.`);
  }
  const { document, digest, bytes, mediaType } = found;
  const layers = listOf(document['layers']).map((layer) => descriptorOf(layer, name));
  if (layers.length > LAYERS_MAX) throw new ImageError('too-large', `${name} has more than ${LAYERS_MAX} layers.`);
  if (layers.length === 0)
    throw new ImageError('unsupported', `${name} is of the old format of Docker (schema 1), or holds no files.`, {
      hint: 'Push the image again with a current Docker.',
    });
  const wanted = descriptorOf(document['config'], name);
  const answer = await reader.get({ path: `blobs/${wanted.digest}`, timeoutMs: CALL_MS_MAX }, signal);
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new ImageError('not-found', `The registry lacks the configuration of ${name}.`);
  }
  const configBytes = await readAll(answer, name);
  if (digestOf(configBytes) !== wanted.digest)
    throw new ImageError('damaged', `The configuration of ${name} is not what its manifest names.`);
  const config = parse(configBytes, name);
  const { os, architecture } = config;
  if (
    (isText(os) && os !== IMAGE_PLATFORM.os) ||
    (isText(architecture) && architecture !== IMAGE_PLATFORM.architecture)
  )
    throw new ImageError(
      'unsupported',
      `${name} is built for ${String(os)}/${String(architecture)}, not for linux/amd64.`,
      {
        hint: 'Look for another tag, or ask its authors for an image for linux/amd64.',
      },
    );
  return { digest, config: readImageConfig(config), layers, manifest: { mediaType, bytes }, configBytes };
};
