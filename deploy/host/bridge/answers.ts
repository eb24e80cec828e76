import type { ServerResponse } from 'node:http';
import { errorMessage, RPC } from './json-rpc.ts';

/** Answers a whole HTTP request with one JSON body. */
export const sendJson = (
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void => {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, ...headers });
  response.end(body, 'latin1');
};

export const sendError = (
  response: ServerResponse,
  status: number,
  message: string,
  options: { code?: number; id?: string | null; data?: unknown; headers?: Record<string, string> } = {},
): void =>
  sendJson(
    response,
    status,
    errorMessage(options.id ?? null, options.code ?? RPC.SERVER, message, options.data),
    options.headers,
  );

export const sendAccepted = (response: ServerResponse): void => {
  response.writeHead(202, { 'content-length': 0 });
  response.end();
};
