import type { Readable, Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** Hands on what has arrived, so that an event of a stream does not wait for the next one. */
const AT_ONCE = { flush: constants.Z_SYNC_FLUSH };
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(AT_ONCE),
  'x-gzip': () => createGunzip(AT_ONCE),
  deflate: () => createInflate(AT_ONCE),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};
const ENCODINGS_MAX = 2;

/** The answer is in an encoding that was not asked for and is not known. */
export class UnknownEncodingError extends Error {}

/**
 * The streams that turn the body of an answer into plain bytes, one after another, the body first. Catwalk asks for no
 * encoding; some servers send one all the same, and clients of the endpoint did not ask for it either.
 * @throws UnknownEncodingError
 */
export function decoded(body: Readable, contentEncoding: string | string[] | undefined): [Readable, ...Transform[]] {
  const encodings = String(contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  // The last one in the list was applied last (RFC 9110, section 8.4).
  const decoders = encodings.reverse().map((name) => {
    const create = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (!create || encodings.length > ENCODINGS_MAX)
      throw new UnknownEncodingError(`The answer is encoded as ${encodings.join(', ')}.`);
    return create();
  });
  return [body, ...decoders];
}
