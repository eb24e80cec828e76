import type { IncomingMessage } from 'node:http';

export const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** The beginning of a body that is too large is kept: the id of its message may stand there. */
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
  let text = '';
  let isRefused = false;
  request.on('data', (chunk: Buffer) => {
    if (isRefused) return;
    text += chunk.toString('latin1');
    if (text.length <= bytesMax) return;
    // The rest is read and thrown away, so that the client gets to see the answer instead of a reset.
    isRefused = true;
    const head = text.slice(0, HEAD_BYTES_MAX);
    text = '';
    done(null, head);
  });
  request.on('end', () => {
    if (!isRefused) done(text, text);
  });
};
