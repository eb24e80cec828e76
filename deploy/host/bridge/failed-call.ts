import type { ServerResponse } from 'node:http';
import { HostFailureError, messageOf } from '../failure.ts';
import { VALUES_WANTED, ValuesWantedError } from '../personal/values-wanted.ts';
import { VIEW_WANTED, ViewWantedError } from '../views/view-wanted.ts';
import { sendError, sendJson } from './answers.ts';
import { HandshakeRefused } from './handshake-refused.ts';
import { errorMessage, RPC, replaceSpan } from './json-rpc.ts';

/** More children, sessions or bytes than this machine holds: it passes. */
export class CapacityError extends Error {
  override readonly name = 'CapacityError';
}

export const OVERLOADED = 'The server does not read what it is sent. Try again in a moment.';

const RETRY_AFTER_SECONDS = 5;

/** The JSON-RPC answer to a request that reached no child. */
export const failureMessage = (id: string | null, error: unknown): string => {
  if (error instanceof HandshakeRefused) {
    const { text, idAt } = error.answer;
    return idAt ? replaceSpan(text, idAt, id ?? 'null') : text;
  }
  return errorMessage(id, RPC.SERVER, messageOf(error), error instanceof HostFailureError ? error.failure : undefined);
};

export const sendFailure = (response: ServerResponse, id: string | null, error: unknown): void => {
  if (error instanceof ValuesWantedError) sendError(response, 428, error.message, { id, headers: VALUES_WANTED });
  else if (error instanceof ViewWantedError) sendError(response, 428, error.message, { id, headers: VIEW_WANTED });
  else if (error instanceof CapacityError)
    sendError(response, 503, error.message, { id, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } });
  // 200, so that clients show the sentence and not only a status code.
  else sendJson(response, 200, failureMessage(id, error));
};
