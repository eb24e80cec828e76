import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { buildConnector } from 'undici';
import { BUNDLE_ORIGIN, REMOTE_MACHINE_HEADER } from '#deploy/address.ts';
import { type HostStatus, PLATFORM_PRINCIPAL } from '#deploy/host/contract.ts';
import { CALLER_HEADER, HOST_TOKEN_HEADER, PRINCIPAL_HEADER } from '#deploy/host/header-contract.ts';
import type { RouteTable } from '../route-table.ts';
import { memberKey } from './askers.ts';
import type { Bundle, BundleContent } from './bundle.ts';
import { streamSession } from './listen.ts';
import type { MemberClient } from './member-client.ts';
import { errorFor, RPC } from './messages.ts';
import { answerPost, type Exchange, findSession, SESSION_HEADER } from './posts.ts';
import { createResourceOwners } from './resource-owners.ts';
import { sendMessage } from './responses.ts';
import type { LiveSession } from './sessions.ts';

export type BundleGatewayDeps = {
  /** Finds the bundle behind a deployment's row; null when there is none. */
  find(machineId: string): Promise<Bundle | null>;
  routes: Pick<RouteTable, 'resolve' | 'onInvalidated'>;
  client: MemberClient;
  nowMs: () => number;
  onError: (error: unknown, bundleId: string) => void;
};

export type BundleGateway = {
  /** The port on loopback. */
  port: number;
  close(): Promise<void>;
};

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

const sendJson = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
};

/** Connects to the gateway where a request names it, and leaves every other connection to `base`. */
export const bundleConnector =
  (base: buildConnector.connector, portOf: () => number): buildConnector.connector =>
  (options, callback) => {
    if (options.hostname !== new URL(BUNDLE_ORIGIN).hostname) return base(options, callback);
    const port = portOf();
    const address = { protocol: 'http:', hostname: '127.0.0.1', host: `127.0.0.1:${port}`, port: String(port) };
    return base({ ...options, ...address }, callback);
  };

/**
 * Stands where the host of a machine stands, for bundles: the endpoint, the handshake and the health checks speak to it as
 * to every host. It reads MCP, merges lists and sends each call to its member by way of the endpoint.
 */
export async function openBundleGateway(deps: BundleGatewayDeps): Promise<BundleGateway> {
  const { find, routes, client, nowMs } = deps;
  const startedAt = new Date(nowMs()).toISOString();
  const owners = createResourceOwners(nowMs);
  const shownUris = new WeakMap<LiveSession, Map<string, string>>();
  const shownUrisOf = (session: LiveSession): Map<string, string> => {
    const known = shownUris.get(session) ?? new Map<string, string>();
    shownUris.set(session, known);
    return known;
  };

  const statusOf = ({ name, members }: BundleContent): HostStatus => ({
    phase: 'READY',
    since: startedAt,
    package: { runtime: 'bundle', name: `${name} (${members.length})` },
    install: null,
    serverInfo: null,
    era: null,
    sessions: 0,
    openStreams: 0,
    children: [],
    restarts: 0,
    lastError: null,
    lastAnswerAt: null,
    memory: { hostRssBytes: 0, totalBytes: null, availableBytes: null },
  });

  const contentOf = async (bundleId: string): Promise<BundleContent> => {
    const route = await routes.resolve(bundleId);
    return { name: route?.name ?? '', members: route?.members ?? [] };
  };

  const exchangeOf = (
    request: IncomingMessage,
    response: ServerResponse,
    bundle: Bundle,
    content: BundleContent,
  ): Exchange => {
    const left = new AbortController();
    response.on('close', () => left.abort());
    const { bundleId } = bundle;
    let present = content.members;
    return {
      ...{ request, response, bundle, content, client, owners, shownUrisOf },
      caller: { bundleId, principal: header(request, PRINCIPAL_HEADER), label: header(request, CALLER_HEADER) || null },
      signal: left.signal,
      following: {
        signal: left.signal,
        members: () => present,
        onMembersChanged: (listener) =>
          routes.onInvalidated((id) => {
            if (id !== null && id !== bundleId) return;
            contentOf(bundleId)
              .then(({ members }) => {
                present = members;
                listener();
              })
              .catch((error: unknown) => deps.onError(error, bundleId));
          }),
        pause: (ms, signal) => setTimeout(ms, undefined, { signal, ref: false }),
      },
    };
  };

  const endSession = async (exchange: Exchange): Promise<void> => {
    const { request, response, bundle, content, signal } = exchange;
    const asker = findSession(exchange, null);
    if (asker === null) return;
    const { session } = asker;
    const opened = content.members.filter((member) => {
      const key = memberKey(member);
      return session.opened.has(key) || session.members[key] !== undefined;
    });
    await Promise.allSettled(opened.map((member) => asker.ask(member, null, { method: 'DELETE', signal })));
    bundle.sessions.end(header(request, SESSION_HEADER));
    response.writeHead(204).end();
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const machineId = header(request, REMOTE_MACHINE_HEADER);
    const bundle = machineId === '' ? null : await find(machineId);
    if (bundle === null || !bundle.accepts(request.headers[HOST_TOKEN_HEADER]))
      return sendMessage(response, errorFor(null, RPC.SERVER, 'The host token is missing or wrong.'), 401);
    const whole = await contentOf(bundle.bundleId);
    // The platform only looks whether the bundle answers: its members are looked at themselves, and may sleep.
    const isPlatform = header(request, PRINCIPAL_HEADER) === PLATFORM_PRINCIPAL;
    const content = isPlatform ? { ...whole, members: [] } : whole;
    const { pathname } = new URL(request.url ?? '/', BUNDLE_ORIGIN);
    switch (`${request.method} ${pathname}`) {
      case 'GET /status':
        return sendJson(response, 200, statusOf(content));
      case 'GET /logs':
        response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end();
        return;
      case 'POST /quiesce':
        return sendJson(response, 409, { quiesced: false, reason: 'A bundle has nothing that could sleep.' });
      case 'POST /resume':
        return sendJson(response, 200, {});
      case 'POST /restart-silent':
        return sendJson(response, 200, { restarted: 0 });
    }
    const exchange = exchangeOf(request, response, bundle, content);
    switch (`${request.method} ${pathname}`) {
      case 'POST /mcp':
        return answerPost(exchange);
      case 'GET /mcp': {
        const asker = findSession(exchange, null);
        if (asker === null) return;
        const lastEventId = header(request, 'last-event-id') || undefined;
        return streamSession(response, asker, lastEventId, shownUrisOf(asker.session), exchange.following);
      }
      case 'DELETE /mcp':
        return endSession(exchange);
      default:
        return sendMessage(response, errorFor(null, RPC.SERVER, 'A bundle is reached over Streamable HTTP.'), 404);
    }
  };

  const server = createServer((request, response) => {
    response.on('error', () => {}); // the caller left
    handle(request, response).catch((error: unknown) => {
      if (response.destroyed) return;
      deps.onError(error, header(request, REMOTE_MACHINE_HEADER));
      if (response.headersSent) response.destroy();
      else
        sendMessage(response, errorFor(null, RPC.SERVER, 'The bundle cannot answer now. Try again in a moment.'), 503);
    });
  });
  server.requestTimeout = 0; // streams are open for hours
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP listener has an AddressInfo
  return {
    port,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
