import { setTimeout as delay } from 'node:timers/promises';
import { scan } from '../bridge/json-rpc.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import { type Answer, discard, exchange, isEventStream, readAll } from './exchange.ts';
import type { Address } from './listening-ports.ts';
import type { Message } from './message.ts';
import { modernHeaders } from './message.ts';
import { openSse } from './sse.ts';
import { openStreamableHttp } from './streamable-http.ts';

/** Where servers of the SDKs and frameworks serve MCP, the most common one first. */
const PATHS = ['/mcp', '/sse', '/api/mcp', '/v1/mcp', '/mcp/sse', '/stream', '/api/sse', '/'];
const ACCEPT = 'application/json, text/event-stream';
/** A server may listen before it is ready, and on another port first. */
const RETRY_MS = 50;
const RETRY_MS_MAX = 500;
const FOUND_MS_MAX = 15_000;
/** An answer to the first message begins in this time, or comes from somewhere else. */
const PROBE_MS_MAX = 20_000;
const REDIRECTS = [307, 308];

export type FindEndpoint = {
  /** Addresses on which the server listens now, the likeliest first. */
  addresses: () => Address[];
  /** Paths that the code of the server names; they come first. */
  paths: readonly string[];
  message: Message;
  events: ConnectionEvents;
  /** Aborted when the server has ended. */
  signal: AbortSignal;
};

const samePath = (location: string | undefined, path: string): string | null => {
  if (location === undefined || !URL.canParse(location, 'http://localhost')) return null;
  const { pathname } = new URL(location, 'http://localhost');
  return pathname === path ? null : pathname;
};

/** An unknown path, as opposed to an endpoint that answers with an error of the protocol. */
const isElsewhere = async (answer: Answer): Promise<boolean> => {
  if (![404, 405, 501].includes(answer.status)) return false;
  const { status, headers } = answer;
  if (!/json/i.test(headers['content-type'] ?? '')) {
    discard(answer);
    return true;
  }
  // In the stateless era an unknown method is a 404 with an error of JSON-RPC.
  return status !== 404 || scan(await readAll(answer))?.isVersion2 !== true;
};

const speaks = (answer: Answer): boolean =>
  !/text\/html/i.test(answer.headers['content-type'] ?? '') && !REDIRECTS.includes(answer.status);

/** Tries one path: Streamable HTTP first, then HTTP+SSE (the order of the specification for clients). */
const tryPath = async (address: Address, path: string, find: FindEndpoint): Promise<Connection | null> => {
  const { message, events, signal } = find;
  const begin = async (method: 'GET' | 'POST', at: string): Promise<Answer> => {
    const aborter = new AbortController();
    const limit = setTimeout(() => aborter.abort(), PROBE_MS_MAX);
    const headers = method === 'GET' ? { accept: 'text/event-stream' } : { accept: ACCEPT, ...modernHeaders(message) };
    const begun = exchange({
      address,
      method,
      path: at,
      headers,
      ...(method === 'POST' ? { body: message.text } : {}),
      signal: AbortSignal.any([signal, aborter.signal]),
    });
    return begun.finally(() => clearTimeout(limit));
  };
  const post = (at: string) => begin('POST', at);
  let at = path;
  let answer = await post(at);
  if (REDIRECTS.includes(answer.status)) {
    discard(answer);
    at = samePath(answer.headers.location, at) ?? at;
    answer = await post(at);
  }
  if (!(await isElsewhere(answer)) && speaks(answer)) {
    // The error of a 404 was read to the end; the question is harmless, so it is sent once more.
    const whole = answer.body.readableEnded ? await post(at) : answer;
    return openStreamableHttp(address, at, { message, answer: whole }, events);
  }
  discard(answer);
  const stream = await begin('GET', at);
  if (stream.status !== 200 || !isEventStream(stream)) {
    discard(stream);
    return null;
  }
  const connection = await openSse(address, stream, events);
  await connection?.deliver(message);
  return connection;
};

/**
 * Finds the address and the path at which the server speaks MCP, and sends it the first message. Null when it listens,
 * and serves MCP nowhere. Rejects when the server has ended.
 */
export const findEndpoint = async (find: FindEndpoint): Promise<Connection | null> => {
  const paths = [...new Set([...find.paths, ...PATHS])];
  let listeningSince: number | null = null;
  let retryMs = RETRY_MS;
  for (;;) {
    find.signal.throwIfAborted();
    const addresses = find.addresses();
    if (addresses.length > 0) listeningSince ??= performance.now();
    for (const address of addresses)
      for (const path of paths) {
        const connection = await tryPath(address, path, find).catch(() => {
          find.signal.throwIfAborted();
          return null; // not ready, or not HTTP
        });
        if (connection) return connection;
      }
    if (listeningSince !== null && performance.now() - listeningSince > FOUND_MS_MAX) return null;
    await delay(retryMs, undefined, { signal: find.signal });
    // Only what listens and does not answer is worth patience.
    if (listeningSince !== null) retryMs = Math.min(RETRY_MS_MAX, retryMs * 2);
  }
};
