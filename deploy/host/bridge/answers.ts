import type { ServerResponse } from 'node:http';
import { HOST_MARK_HEADER } from '../header-contract.ts';
import { errorMessage, RPC } from './json-rpc.ts';

/** Sent with each answer that is an error, so that it is not taken for one of a proxy in between. */
export const ERROR_MARK: Readonly<Record<string, string>> = { [HOST_MARK_HEADER]: '1' };

/** Answers a whole HTTP request with one JSON body. */
export const sendJson = (
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void => {
  if (response.destroyed || response.headersSent) return;
  const mark = status >= 400 ? ERROR_MARK : {};
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    ...mark,
    ...headers,
  });
  response.end(body, 'latin1');
};

/** `id`: of the request that is refused, raw JSON text; null if it has none, or cannot be read. */
export type ErrorOptions = { code?: number; id?: string | null; data?: unknown; headers?: Record<string, string> };

export const sendError = (
  response: ServerResponse,
  status: number,
  message: string,
  options: ErrorOptions = {},
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
