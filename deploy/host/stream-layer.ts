import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ERROR_MARK } from './bridge/answers.ts';

/** Answers with the layer of an installation; 404 where there is none to pack. An answer that breaks off is cut. */
export const streamLayer = (layer: AsyncIterable<Buffer> | null, response: ServerResponse): void => {
  if (layer === null) {
    response.writeHead(404, { 'content-type': 'application/json', ...ERROR_MARK });
    response.end(JSON.stringify({ error: 'There is no installation to pack.' }));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-tar', 'cache-control': 'no-store' });
  pipeline(Readable.from(layer), response).catch(() => response.destroy()); // whoever reads it sees that it is cut
};
