import { z } from 'zod';
import type { RepositoryCalls } from './distribution.ts';

export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** A part of an image (OCI image specification, "Content Descriptors"). */
export const descriptorSchema = z.object({ digest: digestSchema, size: z.int().nonnegative() });
export type Descriptor = z.infer<typeof descriptorSchema>;

/**
 * Brings a part of an image into another repository: mounted where the registry does that, else through this computer.
 * Null: it was there.
 */
export async function moveBlob(
  source: RepositoryCalls,
  target: RepositoryCalls,
  { digest, size }: Descriptor,
  mountFrom: string | null,
): Promise<'mounted' | 'uploaded' | null> {
  if (await target.hasBlob(digest)) return null;
  const location = await target.mountBlob(digest, mountFrom);
  if (location === null) return 'mounted';
  await target.uploadBlob(location, { digest, size }, await source.getBlob(digest));
  return 'uploaded';
}
