import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Address } from './listening-ports.ts';

/** The beginning of a server's answer; its body has not been read yet. */
export type Answer = { status: number; headers: IncomingHttpHeaders; body: IncomingMessage };

export type Exchange = {
  address: Address;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  headers?: Record<string, string>;
  /** A JSON-RPC message, as latin1 text. */
  body?: string;
  signal: AbortSignal;
};

const BODY_BYTES_MAX = 64 * 1024 * 1024;
const agent = new Agent({ keepAlive: true });

/** Sends one request to the server on this computer. Resolves when its headers have come; rejects if it cannot be reached. */
export const exchange = ({ address, method, path, headers, body, signal }: Exchange): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const content = body === undefined ? null : Buffer.from(body, 'latin1');
    const sent = request(
      {
        agent,
        // Servers that check the name against DNS rebinding know themselves as localhost.
        headers: {
          host: `localhost:${address.port}`,
          ...headers,
          ...(content === null ? {} : { 'content-type': 'application/json', 'content-length': content.length }),
        },
        host: address.host,
        port: address.port,
        method,
        path,
        signal,
      },
      (response) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response }),
    );
    sent.on('error', reject);
    sent.end(content ?? undefined);
  });

/** Reads a whole body, as latin1 text. @throws RangeError when it is larger than 64 MB. */
export const readAll = async ({ body }: Answer): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      body.destroy();
      throw new RangeError('The answer of the server is larger than 64 MB.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
};

/** Gives the socket back without a look at the body. */
export const discard = ({ body }: Answer): void => {
  body.on('error', () => {});
  body.resume();
};

export const isEventStream = ({ headers }: Answer): boolean =>
  /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
