import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { PackedLayer } from './append-layer.ts';
import { RegistryError } from './distribution.ts';

/** Hashes what passes, and refuses more than `bytesMax`. */
const hashing = (bytesMax: number) => {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > bytesMax ? new RegistryError('The layer is too large.', null) : null, chunk);
    },
  });
  return { stream, digest: () => `sha256:${hash.digest('hex')}` };
};

/**
 * Packs a tar archive into a file, as registries keep layers. gzip writes neither a time nor a name, so that the same
 * archive is the same file.
 */
export async function packLayerFile(
  archive: AsyncIterable<Uint8Array>,
  path: string,
  bytesMax: number,
  signal: AbortSignal,
): Promise<PackedLayer> {
  const plain = hashing(bytesMax);
  const packed = hashing(Number.POSITIVE_INFINITY);
  await pipeline(archive, plain.stream, createGzip({ level: 6 }), packed.stream, createWriteStream(path), { signal });
  const { size } = await stat(path);
  return { path, digest: packed.digest(), diffId: plain.digest(), size };
}
