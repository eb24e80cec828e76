import type { IncomingMessage } from 'node:http';

export const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** Reads a body as latin1 text (see json-rpc.ts); `done(null)` when it is larger than allowed. */
export const readBody = (request: IncomingMessage, done: (text: string | null) => void): void => {
  let first: Buffer | null = null;
  let more: Buffer[] | null = null;
  let bytes = 0;
  let refused = false;
  request.on('data', (chunk: Buffer) => {
    if (refused) return;
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      // The rest is read and thrown away, so that the client gets to see the answer instead of a reset.
      refused = true;
      first = null;
      more = null;
      done(null);
    } else if (first === null) first = chunk;
    else if (more === null) more = [first, chunk];
    else more.push(chunk);
  });
  request.on('end', () => {
    if (!refused)
      done(more === null ? (first?.toString('latin1') ?? '') : Buffer.concat(more, bytes).toString('latin1'));
  });
};
