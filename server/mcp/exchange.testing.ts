import type { Dispatcher } from 'undici';
import { responseOf } from '#deploy/response.testing.ts';
import { Exchange, type ExchangeParts } from './exchange.ts';
import { readHead } from './request-head.ts';
import { testTarget } from './route.testing.ts';
import type { UpstreamRequest } from './upstream.ts';

export const CALL = '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"add"},"id":7}';
export const JSON_HEAD = { 'content-type': 'application/json' };
export const STREAM_HEAD = { 'content-type': 'text/event-stream' };

/** What the exchanges of one test did, in order. */
export const dispatched: UpstreamRequest[] = [];
export const aborts: string[] = [];
export const flow: string[] = [];
export const stale: string[] = [];
export const settled: Exchange[] = [];

/** The machine's side of the connection, for all exchanges of a test. */
export const controller: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  rawHeaders: null,
  rawTrailers: null,
  abort: ({ message }) => void aborts.push(message),
  pause: () => void flow.push('pause'),
  resume: () => void flow.push('resume'),
};

export const forgetExchanges = (): void => {
  for (const list of [dispatched, aborts, flow, stale, settled]) list.length = 0;
};

type Options = { method?: 'GET' | 'POST'; headers?: string[]; isStalled?: boolean; parts?: Partial<ExchangeParts> };

/** An exchange that has begun; `body` arrives as one chunk, with its length unless the headers say otherwise. */
export function begin(body: string | Buffer | null, options: Options = {}) {
  const { request: req, response: res, ...client } = responseOf(options);
  const bytes = body === null ? null : Buffer.from(body);
  const length = bytes === null ? [] : ['content-length', String(bytes.length)];
  const exchange = new Exchange({
    request: {
      req,
      res,
      method: options.method ?? 'POST',
      path: { kind: 'main', deploymentId: 'd', view: null, query: '' },
      head: readHead(options.headers ?? length),
      cors: ['vary', 'origin'],
      requestId: 'r-1',
      body: null,
      startedAtMs: 0,
    },
    deploymentId: 'd',
    ownerId: 'ann',
    network: null,
    upstreamPath: '/mcp?a=1',
    grant: { kind: 'token', tokenId: 't', expiresAtMs: null },
    principal: 'token:t',
    caller: null,
    recordsBodies: false,
    trace: null,
    state: null,
    target: testTarget('m1'),
    sessionId: null,
    rewriter: null,
    isCold: false,
    onSettled: (one) => settled.push(one),
    onStale: (id) => stale.push(id),
    ...options.parts,
  });
  exchange.start({ dispatch: (_origin, request) => void dispatched.push(request) });
  if (bytes !== null) req.emit('data', bytes);
  return { exchange, req, res, ...client };
}

/** The same, with the head of an answer received. */
export function answered(
  headers: Record<string, string>,
  options: Options & { body?: string | null; status?: number } = {},
) {
  const begun = begin(options.body === undefined ? CALL : options.body, options);
  begun.exchange.onRequestStart(controller);
  begun.exchange.onResponseStart(controller, options.status ?? 200, headers);
  return { ...begun, push: (text: string) => begun.exchange.onResponseData(controller, Buffer.from(text, 'latin1')) };
}
export const withLength = (text: string) => ({ ...JSON_HEAD, 'content-length': String(text.length) });
