import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ERROR_MARK, sendError } from './bridge/answers.ts';
import { readBody } from './bridge/read-body.ts';
import { refuseRequest } from './bridge/refuse-request.ts';
import { CALL_PAGE_TYPE } from './call-page.ts';
import type {
  HostStatus,
  InstalledPackage,
  KeptSession,
  Offer,
  QuiesceAnswer,
  RestartSilentAnswer,
  ResumeAnswer,
} from './contract.ts';
import { HOST_TOKEN_HEADER } from './header-contract.ts';
import { answerLock } from './lock/answer-lock.ts';
import type { EnforcedLock } from './lock/enforced-lock.ts';
import type { LogRing } from './logs.ts';
import { answerValues } from './personal/answer-values.ts';
import type { HeldValues } from './personal/held-values.ts';
import { streamLayer } from './stream-layer.ts';
import { createTokenCheck } from './token.ts';
import { VIEW_PATH } from './view-contract.ts';
import { answerViews } from './views/answer-views.ts';
import type { HeldViews } from './views/held-views.ts';

/** Longer than what Fly's proxy and the endpoint keep a quiet connection. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const LOG_BACKLOG_BYTES_MAX = 8 * 1024 * 1024;

export type HostRoutes = {
  token: string | undefined;
  /** Names under which a host without a token may be addressed: a web page must not reach it (DNS rebinding). */
  loopbackOnly: boolean;
  mcp: (request: IncomingMessage, response: ServerResponse) => void;
  /** HTTP+SSE of 2024-11-05. */
  sse: (request: IncomingMessage, response: ServerResponse) => void;
  messages: (request: IncomingMessage, response: ServerResponse, sessionId: string | null) => void;
  status: () => HostStatus;
  /** The packages of the installation; null where they are not known. */
  packages: () => InstalledPackage[] | null;
  /** The installation as a layer of an image; null where there is none to pack. */
  layer: () => AsyncIterable<Buffer> | null;
  logs: LogRing;
  calls: (cursor: string | null) => Buffer;
  /** `parked`: streams that only listen may be open. */
  quiesce: (parked: boolean) => QuiesceAnswer;
  offer: () => Offer;
  /** Sessions of an earlier host. */
  carry: (sessions: KeptSession[]) => void;
  resume: () => void;
  /** Reports whether a child answers; null if no child serves. */
  anyAnswers: () => Promise<boolean | null>;
  /** Values of callers; null in a host whose callers have none. */
  values: Pick<HeldValues, 'take' | 'forget' | 'list'> | null;
  lock: Pick<EnforcedLock, 'take'>;
  views: Pick<HeldViews, 'take'>;
  restartSilent: () => Promise<RestartSilentAnswer>;
  /** One start of a trial; null in a host that runs its server. */
  attempt: ((body: string) => Promise<{ status: number; answer: unknown }>) | null;
};

const json = (response: ServerResponse, status: number, value: unknown) => {
  const mark = status >= 400 ? ERROR_MARK : {};
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...mark });
  response.end(JSON.stringify(value));
};

const VIEW_MCP = `${VIEW_PATH}/mcp`;
const SERVING: ReadonlySet<string> = new Set(['/mcp', '/sse', '/messages']);

/** The path that serves clients; no other path has one for views. */
const serving = (path: string): string => (SERVING.has(path) ? path : `${VIEW_PATH}${path}`);

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

const isLoopback = (request: IncomingMessage): boolean => {
  const { host, origin } = request.headers;
  if (host !== undefined && !LOOPBACK.test(host)) return false;
  return origin === undefined || LOOPBACK.test(origin.replace(/^https?:\/\//i, ''));
};

const streamLogs = (request: IncomingMessage, response: ServerResponse, logs: LogRing, query: URLSearchParams) => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  const write = (record: unknown) => {
    response.write(`${JSON.stringify(record)}\n`);
    // Disconnect slow readers; they resume from their cursor.
    if (response.writableLength > LOG_BACKLOG_BYTES_MAX) response.destroy();
  };
  response.flushHeaders();
  for (const record of logs.read(query.get('cursor'))) write(record);
  if (query.get('follow') !== '1') {
    response.end();
    return;
  }
  const stop = logs.follow(write);
  request.on('close', stop);
  response.on('close', stop);
};

/** The messages in it hold a character for each byte, so the body is read as the UTF-8 that it is. */
const readKeptSessions = (body: string | null): KeptSession[] | null => {
  try {
    const read: unknown = JSON.parse(Buffer.from(body ?? '', 'latin1').toString('utf8'));
    return Array.isArray(read) ? (read as KeptSession[]) : null; // written by a host, and kept by the platform
  } catch {
    return null;
  }
};

const ignore = () => {};

export const createHostServer = (routes: HostRoutes): Server => {
  const allowed = createTokenCheck(routes.token);
  const server = createServer((request, response) => {
    // A client that goes away in mid-answer must not end the host; the 'close' event reaches the code that depends on it.
    response.on('error', ignore);
    if (!allowed(request.headers[HOST_TOKEN_HEADER])) {
      return refuseRequest(request, response, 401, 'The host token is missing or wrong.');
    }
    if (routes.loopbackOnly && !isLoopback(request)) {
      return refuseRequest(
        request,
        response,
        403,
        'This host answers only requests of this computer: the Host or Origin header is another.',
      );
    }
    const url = request.url ?? '/';
    if (url === '/mcp' || url === VIEW_MCP) return routes.mcp(request, response);
    const { pathname: whole, searchParams } = new URL(url, 'http://host');
    // The same paths for callers who see a view, which the gate of views makes sure of.
    const pathname = whole.startsWith(`${VIEW_PATH}/`) ? serving(whole.slice(VIEW_PATH.length)) : whole;
    const route = `${request.method} ${pathname}`;
    if (pathname === '/mcp') return routes.mcp(request, response);
    switch (route) {
      case 'GET /sse':
        return routes.sse(request, response);
      case 'POST /messages':
        return routes.messages(request, response, searchParams.get('sessionId'));
      case 'GET /status':
        return json(response, 200, routes.status());
      case 'GET /packages':
        return json(response, 200, routes.packages());
      case 'GET /layer':
        return streamLayer(routes.layer(), response);
      case 'GET /logs':
        return streamLogs(request, response, routes.logs, searchParams);
      case 'GET /calls':
        response.writeHead(200, { 'content-type': CALL_PAGE_TYPE, 'cache-control': 'no-store' });
        return void response.end(routes.calls(searchParams.get('cursor')));
      case 'POST /quiesce': {
        const answer = routes.quiesce(searchParams.get('parked') === '1');
        return json(response, answer.quiesced ? 200 : 409, answer);
      }
      case 'POST /resume':
        routes.resume();
        if (searchParams.get('ask') !== '1') return json(response, 200, {});
        return void routes.anyAnswers().then((answers) => json(response, 200, { answers } satisfies ResumeAnswer));
      case 'GET /offer':
        return json(response, 200, routes.offer());
      case 'POST /sessions':
        return readBody(request, (body) => {
          const sessions = readKeptSessions(body);
          if (sessions === null) return sendError(response, 400, 'The body is not a list of kept sessions.');
          routes.carry(sessions);
          json(response, 200, {});
        });
      case 'GET /values':
      case 'POST /values':
      case 'POST /values/forget':
        return routes.values === null
          ? refuseRequest(request, response, 404, 'The callers of this server have no values of their own.')
          : answerValues(routes.values, route, request, response);
      case 'POST /lock':
        return answerLock(routes.lock, request, response);
      case 'POST /views':
        return answerViews(routes.views, request, response);
      case 'POST /restart-silent':
        return void routes.restartSilent().then((answer) => json(response, 200, answer));
      case 'POST /attempt': {
        const { attempt } = routes;
        if (attempt === null) return sendError(response, 404, 'This host runs a deployment and accepts no trials.');
        return readBody(request, (body) => {
          void attempt(Buffer.from(body ?? '', 'latin1').toString('utf8')).then(({ status, answer }) =>
            json(response, status, answer),
          );
        });
      }
      default:
        return refuseRequest(request, response, 404, 'There is nothing at this address. The MCP endpoint is /mcp.');
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.headersTimeout = KEEP_ALIVE_TIMEOUT_MS + 5_000;
  // Streams are open for hours; only the time to receive a request's headers is limited.
  server.requestTimeout = 0;
  return server;
};
