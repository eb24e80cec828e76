import { z } from 'zod';
import { descriptorSchema, moveBlob } from './blobs.ts';
import { createRepository, type Manifest, RegistryError, type Repository } from './distribution.ts';
import { isDigest } from './registry.ts';

/** An image names its layers and its configuration; an index names images, such as one for each processor. */
const manifestSchema = z.object({
  config: descriptorSchema.optional(),
  layers: z.array(descriptorSchema).default([]),
  manifests: z.array(descriptorSchema).default([]),
});

type Content = z.infer<typeof manifestSchema>;

/** Throws a RegistryError where the bytes are no manifest. */
const contentOf = ({ bytes }: Manifest): Content => {
  try {
    return manifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new RegistryError('The manifest of the image cannot be read.', 200, cause);
  }
};

export type CopyImage = {
  from: Repository;
  to: Repository;
  /** A tag or a digest. */
  reference: string;
  signal: AbortSignal;
};

/** What a copy moved: `mounted` layers were already in the registry. */
export type Copied = { digest: string; present: boolean; mounted: number; uploaded: number };

/** A digest without a tag may be dropped by the registry; this one keeps it. */
const tagOf = (digest: string): string => `catwalk-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;

/**
 * Copies an image to another repository, layer by layer, and tags it there. An image that is there already costs one
 * request. Layers are mounted where both repositories are of one registry and it allows that, else they pass through. first hour: F9
 */
export async function copyImage({ from, to, reference, signal }: CopyImage): Promise<Copied> {
  const source = createRepository(from, signal);
  const target = createRepository(to, signal);
  const wanted = isDigest(reference) ? reference : await source.findDigest(reference);
  if (wanted === null) throw new RegistryError(`${from.registry}/${from.name} has no image ${reference}.`, 404);
  if ((await target.findDigest(wanted)) !== null) return { digest: wanted, present: true, mounted: 0, uploaded: 0 };
  const moved = { mounted: 0, uploaded: 0 };
  const mountFrom = from.registry === to.registry ? from.name : null;

  const copyManifest = async (digest: string, putAs: string): Promise<void> => {
    const manifest = await source.getManifest(digest);
    const { config, layers, manifests } = contentOf(manifest);
    // An index may only name manifests that are there.
    for (const child of manifests) await copyManifest(child.digest, child.digest);
    for (const blob of [...layers, ...(config ? [config] : [])]) {
      const way = await moveBlob(source, target, blob, mountFrom);
      if (way !== null) moved[way] += 1;
    }
    await target.putManifest(putAs, manifest);
  };
  await copyManifest(wanted, isDigest(reference) ? tagOf(wanted) : reference);
  return { digest: wanted, present: false, ...moved };
}

/** Reports whether every part of an image can be read with this token; the part that cannot otherwise. */
export async function findUnreadable(from: Repository, reference: string, signal: AbortSignal): Promise<string | null> {
  const source = createRepository(from, signal);
  const { config, layers, manifests } = contentOf(await source.getManifest(reference));
  for (const { digest } of manifests) {
    const missing = await findUnreadable(from, digest, signal);
    if (missing !== null) return missing;
  }
  for (const { digest } of [...layers, ...(config ? [config] : [])]) if (!(await source.hasBlob(digest))) return digest;
  return null;
}
