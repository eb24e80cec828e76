import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage, onOneLine, RPC } from '../bridge/json-rpc.ts';
import { messageOf } from '../failure.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import { createEventStreamReader } from './event-stream-reader.ts';
import { type Answer, discard, exchange } from './exchange.ts';
import type { Address } from './listening-ports.ts';

/** A server sends its `endpoint` event first, at once. */
const ENDPOINT_MS_MAX = 5_000;
const ACCEPTED_MS_MAX = 5_000;

/** The path of an `endpoint` event; null when it leads to another server. */
const pathOf = (endpoint: string, address: Address): string | null => {
  const base = `http://localhost:${address.port}`;
  if (!URL.canParse(endpoint, base)) return null;
  const { pathname, search, hostname } = new URL(endpoint, base);
  return ['localhost', '127.0.0.1', '[::1]', '0.0.0.0'].includes(hostname) ? pathname + search : null;
};

/**
 * A session over HTTP+SSE (2024-11-05). `stream` is the beginning of its event stream. Resolves when the server has
 * named the address for messages; null when it names none.
 */
export const openSse = async (
  address: Address,
  stream: Answer,
  events: ConnectionEvents,
): Promise<Connection | null> => {
  const closing = new AbortController();
  const { promise: endpoint, resolve: onEndpoint } = Promise.withResolvers<string | null>();
  const reader = createEventStreamReader(({ event, data }) => {
    if (event === 'endpoint') onEndpoint(pathOf(data.trim(), address));
    else events.emit(onOneLine(data));
  });
  const reading = (async () => {
    for await (const chunk of stream.body as AsyncIterable<Buffer>) reader.push(chunk.toString('latin1'));
  })();
  void reading
    .catch(() => undefined)
    .finally(() => {
      onEndpoint(null);
      if (!closing.signal.aborted) events.lost('The server has ended the event stream.');
    });

  const path = await Promise.race([endpoint, delay(ENDPOINT_MS_MAX, null, { ref: false })]);
  const close = async () => {
    closing.abort();
    stream.body.destroy();
  };
  if (path === null) {
    await close();
    return null;
  }
  return {
    async deliver(message) {
      const limit = AbortSignal.timeout(ACCEPTED_MS_MAX);
      try {
        const { method, id, text } = message;
        const signal = AbortSignal.any([limit, closing.signal]);
        const answer = await exchange({ address, method: 'POST', path, body: text, signal });
        discard(answer);
        if (answer.status < 300) return;
        const why = `The server refused the message (HTTP ${answer.status}).`;
        if (method !== null && id !== null) events.emit(errorMessage(id, RPC.SERVER, why));
        else events.log(why);
      } catch (error) {
        // Some servers respond to the POST only when the call is done: its answer comes on the stream all the same.
        if (!limit.aborted && !closing.signal.aborted) events.log(messageOf(error));
      }
    },
    close,
  };
};
