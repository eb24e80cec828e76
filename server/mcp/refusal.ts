import type { IncomingMessage, ServerResponse } from 'node:http';
import { peekBody } from './body-peek.ts';
import { drainRequest, type RpcId, readRpcId } from './request-rpc-id.ts';
import { SAFETY_HEADERS } from './response-head.ts';

/** JSON-RPC's range for servers; -32001 is what clients know as "your session is gone, initialize again". */
const SERVER_ERROR = -32000;
export const SESSION_NOT_FOUND = -32001;

/** A refusal by the endpoint itself: a sentence that a person understands who reads it inside an MCP client. */
export type Refusal = {
  status: number;
  /** A word for programs, in `error.data.code`. */
  code: string;
  message: string;
  rpcCode?: number;
  retryAfterSeconds?: number;
  headers?: readonly string[];
};

/** The refusal of a request; null when the request is on its way, or answered. */
export type Outcome = Refusal | null;

export const toRpcError = (
  { code, message, rpcCode = SERVER_ERROR, retryAfterSeconds }: Refusal,
  requestId: string,
) => ({
  code: rpcCode,
  message,
  data: { code, requestId, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
});

/** The part of a request that every refusal needs, on any path. */
export type RefusedRequest = { requestId: string; cors: readonly string[]; body?: Buffer | null };

/** The API's header of the same name; `X-Request-Id` of a machine is not passed on. */
export const REQUEST_ID_ANSWER_HEADER = 'x-request-id';

/**
 * Refuses a request with a JSON-RPC error under the request's own id, which is read from the body first where there is
 * one. Clients that get another id, or none, show a person nothing.
 */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal, to: RefusedRequest): void {
  if (res.headersSent) {
    endStream(res, refusal, to);
    return;
  }
  if (to.body) {
    sendRefusal(res, refusal, to, peekBody(to.body, true).id);
    return;
  }
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (req.method !== 'POST' || !hasBody) {
    sendRefusal(res, refusal, to, null);
    return;
  }
  void readRpcId(req).then((id) => {
    if (res.headersSent || res.destroyed) return;
    sendRefusal(res, refusal, to, id);
    drainRequest(req);
  });
}

/** Ends the event stream of a request that was held with a JSON-RPC error; other answers are on their way already. */
function endStream(res: ServerResponse, refusal: Refusal, { body, requestId }: RefusedRequest): void {
  if (!body || res.writableEnded) return;
  const id = peekBody(body, true).id;
  res.end(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, error: toRpcError(refusal, requestId) })}\n\n`);
}

/** Sends a refusal as a JSON-RPC error. */
export function sendRefusal(
  res: ServerResponse,
  refusal: Refusal,
  { requestId, cors }: RefusedRequest,
  id: RpcId,
): void {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error: toRpcError(refusal, requestId) }));
  const headers = [
    REQUEST_ID_ANSWER_HEADER,
    requestId,
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    'cache-control',
    'no-store',
  ];
  if (refusal.retryAfterSeconds !== undefined) headers.push('retry-after', String(refusal.retryAfterSeconds));
  if (refusal.headers) headers.push(...refusal.headers);
  res.writeHead(refusal.status, [...headers, ...SAFETY_HEADERS, ...cors]);
  res.end(body);
}

/** Answers the end of a session that is over already. */
export function sendEnded({ res, requestId, cors }: RefusedRequest & { res: ServerResponse }): null {
  res.writeHead(204, [REQUEST_ID_ANSWER_HEADER, requestId, ...SAFETY_HEADERS, ...cors]).end();
  return null;
}
