import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendAccepted, sendError, sendJson } from '../bridge/answers.ts';
import { errorMessage, RPC, resultMessage, slice } from '../bridge/json-rpc.ts';
import { isModern } from '../bridge/modern-claim.ts';
import { isModernHint, type ParsedPost } from '../bridge/parse-post.ts';
import { fromWire, toWire } from '../bridge/wire-values.ts';
import { VALUES_NAMES_HEADER, VALUES_PAGE_HEADER } from '../header-contract.ts';
import { isRecord } from '../records.ts';

/** MCP 2025-11-25, elicitation, URL mode: the request can be sent again once the person has been at the page. */
const URL_ELICITATION_REQUIRED = -32042;
/** Requests that may be answered with questions (MCP 2026-07-28, multi-round-trip requests). */
const MAY_ASK: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
/** The key of our question among the input requests of an answer. */
const QUESTION = 'catwalk_values';

const textOf = (header: string | string[] | undefined): string => (typeof header === 'string' ? header : '');

const opensPages = (capabilities: unknown): boolean =>
  isRecord(capabilities) && isRecord(capabilities['elicitation']) && isRecord(capabilities['elicitation']['url']);

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? 'values') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** The capabilities that a client of a session declared when it opened the session. */
const declaredIn = (initialize: string | null): unknown => {
  const read: unknown = initialize === null ? null : fromWire(initialize);
  return isRecord(read) && isRecord(read['params']) ? read['params']['capabilities'] : null;
};

/**
 * Refuses requests of a caller that has not entered its own values: with the page's address for clients that can open one,
 * else with an error that names the page. `initializeOf` returns the request that opened a session of the caller.
 */
export const refuseWithoutValues = (
  request: IncomingMessage,
  response: ServerResponse,
  { messages, body }: ParsedPost,
  initializeOf: (sessionId: string) => string | null,
): void => {
  const url = textOf(request.headers[VALUES_PAGE_HEADER]);
  const names = textOf(request.headers[VALUES_NAMES_HEADER]).split(',').filter(Boolean);
  const requests = messages.filter(({ method, id }) => method !== null && id !== null);
  const [first] = requests;
  if (first === undefined) {
    sendAccepted(response);
    return;
  }
  const message = `This server needs your own ${listed(names)}. Enter it at ${url} and try again.`;
  const data = { code: 'MISSING_CREDENTIAL', variables: names, url, hint: `Open ${url}.` };
  const plain = (id: string | null) => errorMessage(id, RPC.SERVER, message, data);

  const send = (answer: string) => sendJson(response, 200, answer);

  if (requests.length > 1 || body === null) {
    send(`[${requests.map(({ id }) => plain(id)).join(',')}]`);
    return;
  }

  const params = first.params === null ? null : fromWire(slice(first.text, first.params));
  if (isModernHint(request, first) && isModern(request.headers, body)) {
    const meta = isRecord(params) && isRecord(params['_meta']) ? params['_meta'] : {};
    const mayAsk = MAY_ASK.has(first.method ?? '') && opensPages(meta[CLIENT_CAPABILITIES]);
    const asked = { method: 'elicitation/create', params: { mode: 'url', url, message } };
    const result = { resultType: 'input_required', inputRequests: { [QUESTION]: asked } };
    send(mayAsk ? resultMessage(first.id ?? 'null', toWire(result)) : plain(first.id));
    return;
  }

  const session = textOf(request.headers['mcp-session-id']);
  const declared =
    first.method === 'initialize' && isRecord(params) ? params['capabilities'] : declaredIn(initializeOf(session));
  const elicitations = [{ mode: 'url', elicitationId: randomUUID(), url, message }];
  send(
    opensPages(declared)
      ? errorMessage(first.id, URL_ELICITATION_REQUIRED, message, { ...data, elicitations })
      : plain(first.id),
  );
};

/** The same for requests without a message. */
export const refuseStreamWithoutValues = (request: IncomingMessage, response: ServerResponse): void =>
  sendError(
    response,
    403,
    `This server needs your own values. Enter them at ${textOf(request.headers[VALUES_PAGE_HEADER])}.`,
  );
