import type { ServerResponse } from 'node:http';
import { SAFETY_HEADERS } from './response-head.ts';

/** JSON-RPC's range for servers; -32001 is what clients know as "your session is gone, initialise again". */
const SERVER_ERROR = -32000;
export const SESSION_NOT_FOUND = -32001;

/** An answer of the endpoint itself: a sentence that a person understands who reads it inside an MCP client. */
export type EndpointAnswer = {
  status: number;
  /** A word for programs, in `error.data.code`. */
  code: string;
  message: string;
  rpcCode?: number;
  retryAfterSeconds?: number;
  headers?: readonly string[];
};

export const toRpcError = ({ code, message, rpcCode = SERVER_ERROR, retryAfterSeconds }: EndpointAnswer) => ({
  code: rpcCode,
  message,
  data: { code, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
});

/** Sends an answer as a JSON-RPC error without an id: it concerns the request as a whole. */
export function sendAnswer(res: ServerResponse, answer: EndpointAnswer, cors: readonly string[]): void {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: null, error: toRpcError(answer) }));
  const headers = [
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    'cache-control',
    'no-store',
  ];
  if (answer.retryAfterSeconds !== undefined) headers.push('retry-after', String(answer.retryAfterSeconds));
  if (answer.headers) headers.push(...answer.headers);
  res.writeHead(answer.status, [...headers, ...SAFETY_HEADERS, ...cors]);
  res.end(body);
}
