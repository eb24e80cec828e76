import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Dispatcher, request as send } from 'undici';
import { sendError } from '#deploy/host/bridge/answers.ts';
import { RPC, scan } from '#deploy/host/bridge/json-rpc.ts';
import { PLATFORM_PRINCIPAL } from '#deploy/host/contract.ts';
import { PRINCIPAL_HEADER } from '#deploy/host/header-contract.ts';
import { messageOf } from '#server/domain/message-of.ts';
import { decoded, UnknownEncodingError } from './decoded.ts';
import { mayBeOldTransport, speaksOldTransport } from './old-transport.ts';
import { RefusedError, type RemoteFailure, type RemoteServer } from './remote-server.ts';
import type { RemoteStatus } from './status.ts';

/** Headers of a client that are about the call; everything else would tell the remote server who calls. */
const PASSED = /^(?:accept|content-type|last-event-id|mcp-[a-z-]+|traceparent|tracestate)$/;
/** Headers of an answer that belong to this connection alone. */
const DROPPED = /^(?:connection|keep-alive|transfer-encoding|content-encoding|set-cookie|www-authenticate|alt-svc)$/;
const SESSION_HEADER = 'mcp-session-id';
const SILENT_MS_MAX = 330_000;
const AGAIN = 'Send the call again.';
/** A body up to this size is read before it is sent: an error can then name its request. */
const WHOLE_BODY_BYTES_MAX = 64 * 1024;

const failed = (message: string, hint: string): RemoteFailure => ({
  code: 'NO_HANDSHAKE',
  message,
  hint,
  retryable: true,
});

/** Its sessions live on one connection, which only one instance of Catwalk could hold. */
const OLD_TRANSPORT: RemoteFailure = {
  code: 'NO_HANDSHAKE',
  message: 'This server speaks only HTTP+SSE of 2024-11-05, to which Catwalk does not relay.',
  hint: 'Deploy its address for Streamable HTTP, often the same one with /mcp at the end.',
  retryable: false,
};

const requestHeaders = ({ headers }: IncomingMessage, sessionId: string | undefined): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      PASSED.test(name) && typeof value === 'string' ? [[name, value]] : [],
    ),
  ),
  ...(sessionId === undefined ? {} : { [SESSION_HEADER]: sessionId }),
});

/** The headers of an answer, with its session bound to the caller. A body that was decoded has another length. */
const answerHeaders = (
  { headers }: Dispatcher.ResponseData,
  isDecoded: boolean,
  sealSession: (sessionId: string) => string,
): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (value === undefined || DROPPED.test(name) || (isDecoded && name === 'content-length')) return [];
      return [[name, name === SESSION_HEADER ? sealSession(String(value)) : value] as const];
    }),
  );

/** The session id to send on: undefined without one, null for one that is not the caller's. */
function ownSession({ headers }: IncomingMessage, principal: string, { sessions }: RemoteServer) {
  const given = headers[SESSION_HEADER];
  return typeof given === 'string' ? sessions.open(principal, given) : undefined;
}

const isRefusal = ({ statusCode }: Dispatcher.ResponseData): boolean => statusCode === 401 || statusCode === 403;

type Body = { body: Buffer | IncomingMessage | null; id: string | null };

/** The body of a request with the id in it, as it stands there; null for larger bodies and what is no request. */
async function readBody(request: IncomingMessage): Promise<Body> {
  if (request.method !== 'POST') return { body: null, id: null };
  const isSmall = Number(request.headers['content-length']) <= WHOLE_BODY_BYTES_MAX; // false without a length
  if (!isSmall) return { body: request, id: null };
  const body = await buffer(request);
  const envelope = scan(body.toString('latin1'));
  return { body, id: envelope?.method == null ? null : envelope.id };
}

/** An error that clients show: the endpoint passes JSON with any status on, and takes a 401 for its own business. */
const sendFailure = (response: ServerResponse, id: string | null, { code, message, hint }: RemoteFailure) => {
  if (response.headersSent) response.destroy();
  else sendError(response, 502, message, { id, data: { code, hint }, headers: { 'cache-control': 'no-store' } });
};

/** Pipes one request to the remote server, with its credentials and without those of the caller. No redirect is followed. */
export async function relay(
  request: IncomingMessage,
  response: ServerResponse,
  remote: RemoteServer,
  status: RemoteStatus,
  dispatcher: () => Dispatcher,
): Promise<void> {
  const left = new AbortController();
  response.on('close', () => left.abort());
  status.open += 1;
  let id: string | null = null;
  const fail = (failure: RemoteFailure) => {
    status.failed(failure);
    sendFailure(response, id, failure);
  };
  try {
    const read = await readBody(request);
    id = read.id;
    const principal = String(request.headers[PRINCIPAL_HEADER] ?? '');
    const sessionId = ownSession(request, principal, remote);
    if (sessionId === null) {
      const options = { id, code: RPC.SESSION_NOT_FOUND };
      return sendError(response, 404, 'Session not found. Send a new initialize request.', options);
    }
    const sendWith = (own: Record<string, string>) =>
      send(remote.url, {
        dispatcher: dispatcher(),
        method: request.method as Dispatcher.HttpMethod, // the gateway's routes name three
        headers: {
          ...requestHeaders(request, sessionId),
          'accept-encoding': 'identity',
          'user-agent': 'catwalk',
          ...own,
        },
        body: read.body,
        headersTimeout: SILENT_MS_MAX,
        bodyTimeout: 0,
        signal: left.signal,
      });
    let sent = await remote.headers();
    let answer = await sendWith(sent);
    for (let tries = 1; isRefusal(answer); tries++) {
      await answer.body.dump();
      const refusal = { status: answer.statusCode, wwwAuthenticate: answer.headers['www-authenticate'], sent };
      const next = await remote.refused(refusal);
      if ('failure' in next) return fail(next.failure);
      // A body that was piped is gone: the client sends the call again, then with the new token.
      if (tries > 1 || read.body === request) return fail(failed('The call was interrupted by a renewal.', AGAIN));
      sent = next.headers;
      answer = await sendWith(sent);
    }
    const { statusCode } = answer;
    if (statusCode >= 300 && statusCode < 400) {
      await answer.body.dump();
      return fail(
        failed(
          `The remote server answered with a redirect (HTTP ${statusCode}).`,
          'Deploy the address that it leads to.',
        ),
      );
    }
    const isHandshake = principal === PLATFORM_PRINCIPAL && id !== null && sessionId === undefined;
    if (isHandshake && mayBeOldTransport(statusCode) && (await speaksOldTransport(remote.url, sent, dispatcher()))) {
      await answer.body.dump();
      return fail(OLD_TRANSPORT);
    }
    answer.body.on('error', () => {}); // also while nothing reads it yet
    const body = decoded(answer.body, answer.headers['content-encoding']);
    if (statusCode < 300) status.answered(principal);
    else if (statusCode >= 500) status.log(`The remote server answered with HTTP ${statusCode}.`);
    const sealSession = (one: string) => remote.sessions.seal(principal, one);
    response.writeHead(statusCode, answerHeaders(answer, body.length > 1, sealSession));
    response.flushHeaders();
    await pipeline([...body, response]);
  } catch (error) {
    if (left.signal.aborted) return;
    if (error instanceof RefusedError) return fail(error.failure);
    if (error instanceof UnknownEncodingError) {
      left.abort();
      return fail(failed(error.message, 'Catwalk sends “Accept-Encoding: identity”. Ask the maintainers to honor it.'));
    }
    const why = messageOf(error);
    fail(failed(`The remote server cannot be reached: ${why}`, 'Check the address, and whether the server is up.'));
  } finally {
    status.open -= 1;
  }
}
