import type { IncomingMessage, ServerResponse } from 'node:http';
import { type EndpointPath, parseEndpointPath } from './endpoint-path.ts';
import { corsHeaders, type OriginPolicy, preflightHeaders } from './origin-policy.ts';
import { type Refusal, refuse as refuseRequest } from './refusal.ts';
import * as refusals from './refusals.ts';
import { AmbiguousHeaderError, type RequestHead, readHead } from './request-head.ts';
import { SAFETY_HEADERS } from './response-head.ts';

/** A request that has passed the gate: from an allowed origin, to a well-formed address, with an accepted method. */
export type EndpointRequest = {
  req: IncomingMessage;
  res: ServerResponse;
  method: 'GET' | 'POST' | 'DELETE';
  path: EndpointPath;
  head: RequestHead;
  cors: readonly string[];
  /** Names this request in our log lines and in those of the machine's host. */
  requestId: string;
  startedAtMs: number;
  /** The whole body, where it was read before the request could be passed on. */
  body: Buffer | null;
};

const METHODS = {
  main: ['GET', 'POST', 'DELETE'],
  sse: ['GET'],
  messages: ['POST'],
} satisfies Record<EndpointPath['kind'], EndpointRequest['method'][]>;

const VERBS = ['GET', 'POST', 'DELETE'] as const;

const NO_CORS: readonly string[] = [];

/**
 * Checks a request without knowing the deployment: Host, Origin, address and method. Null when a response (a refusal,
 * or the one to a preflight) has been sent.
 */
export function passGate(
  req: IncomingMessage,
  res: ServerResponse,
  policy: OriginPolicy,
  requestIdOf: (traceparent: string | null) => string,
  onRefused: (request: EndpointRequest, refusal: Refusal) => void = () => {},
): EndpointRequest | null {
  const startedAtMs = performance.now();
  let cors = NO_CORS;
  // Express shortens `url` where a handler is mounted on a prefix
  const path = parseEndpointPath('originalUrl' in req ? String(req.originalUrl) : (req.url ?? ''));
  const refuse = (refusal: Refusal, requestId: string, read: RequestHead | null): null => {
    const verb = VERBS.find((one) => one === req.method);
    if (path !== null && read !== null && verb !== undefined)
      onRefused({ req, res, method: verb, path, head: read, cors, requestId, startedAtMs, body: null }, refusal);
    refuseRequest(req, res, refusal, { requestId, cors });
    return null;
  };

  let head: RequestHead;
  try {
    head = readHead(req.rawHeaders);
  } catch (error) {
    if (error instanceof AmbiguousHeaderError)
      return refuse(refusals.ambiguousHeader(error.message), requestIdOf(null), null);
    throw error;
  }
  const requestId = requestIdOf(head.traceparent);
  if (!policy.isAllowedHost(head.host)) return refuse(refusals.foreignHost, requestId, head);
  if (head.origin !== null) {
    if (!policy.isAllowedOrigin(head.origin)) return refuse(refusals.foreignOrigin, requestId, head);
    cors = corsHeaders(head.origin);
  }

  if (path === null) return refuse(refusals.unknownEndpoint, requestId, head);

  const allowed: EndpointRequest['method'][] = METHODS[path.kind];
  const method = allowed.find((one) => one === req.method);
  if (method !== undefined) return { req, res, method, path, head, cors, requestId, startedAtMs, body: null };
  const allow = `${allowed.join(', ')}, OPTIONS`;
  if (req.method !== 'OPTIONS') return refuse(refusals.wrongMethod(allow), requestId, head);
  const wanted = req.headers['access-control-request-headers'];
  const isPrivateNetwork = req.headers['access-control-request-private-network'] === 'true';
  const preflight = head.origin === null ? NO_CORS : preflightHeaders(wanted, isPrivateNetwork);
  res.writeHead(204, ['allow', allow, ...preflight, ...SAFETY_HEADERS, ...cors]).end();
  return null;
}
