import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorOptions, sendError } from './answers.ts';
import { HEAD_BYTES_MAX, readBody } from './read-body.ts';
import { idOfRequest } from './refused-id.ts';

const BODY_MS_MAX = 5_000;
/** Requests whose bodies are read only to be refused; all of them hold 64 MB at most. */
const READING_MAX = 1_000;

let reading = 0;

/**
 * Refuses a request before its message was looked at, under the id of that message (JSON-RPC 2.0, section 5). Reads no
 * more than 64 kB of the body, and waits for it no longer than five seconds.
 */
export const refuseRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  options: Omit<ErrorOptions, 'id'> = {},
): void => {
  if (request.method !== 'POST' || reading >= READING_MAX) {
    sendError(response, status, message, options);
    return;
  }
  let isAnswered = false;
  const refuse = (id: string | null) => {
    if (isAnswered) return;
    isAnswered = true;
    reading -= 1;
    clearTimeout(late);
    sendError(response, status, message, { ...options, id });
  };
  reading += 1;
  const late = setTimeout(refuse, BODY_MS_MAX, null);
  request.once('close', () => refuse(null));
  readBody(request, (_, head) => refuse(idOfRequest(head)), HEAD_BYTES_MAX);
};
