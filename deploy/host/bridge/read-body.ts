import type { IncomingMessage } from 'node:http';

export const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Of a body that is larger than allowed, its beginning is kept: the id of its message may stand there. */
export const HEAD_BYTES_MAX = 64 * 1024;

/**
 * Reads a body as latin1 text (see json-rpc.ts). A body that is larger than allowed gives null and its beginning, as
 * soon as that is known.
 */
export const readBody = (
  request: IncomingMessage,
  done: (text: string | null, head: string) => void,
  bytesMax: number = BODY_BYTES_MAX,
): void => {
  let first: Buffer | null = null;
  let more: Buffer[] | null = null;
  let bytes = 0;
  let refused = false;
  const joined = (): string =>
    more === null ? (first?.toString('latin1') ?? '') : Buffer.concat(more).toString('latin1');
  request.on('data', (chunk: Buffer) => {
    if (refused) return;
    bytes += chunk.length;
    if (first === null) first = chunk;
    else if (more === null) more = [first, chunk];
    else more.push(chunk);
    if (bytes <= bytesMax) return;
    // The rest is read and thrown away, so that the client gets to see the answer instead of a reset.
    refused = true;
    const head = joined().slice(0, HEAD_BYTES_MAX);
    first = null;
    more = null;
    done(null, head);
  });
  request.on('end', () => {
    if (refused) return;
    const text = joined();
    done(text, text);
  });
};
