import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { REMOTE_MACHINE_HEADER, REMOTE_ORIGIN } from '#deploy/address.ts';
import { sendError } from '#deploy/host/bridge/answers.ts';
import { HOST_TOKEN_HEADER } from '#deploy/host/header-contract.ts';
import { relay } from './relay.ts';
import type { RemoteServer } from './remote-server.ts';
import { createRemoteStatuses } from './status.ts';

export type RemoteGatewayDeps = {
  /** Finds the remote server behind a deployment's row; null when there is none. */
  find(machineId: string): Promise<RemoteServer | null>;
  /** Connects to public addresses only, unless the operator allowed the origin. Throws for an address that is not one. */
  dispatcherFor(url: URL): Dispatcher;
  now: () => Date;
};

export type RemoteGateway = {
  /** Connects to this gateway where a request names it, and leaves every other connection to `base`. */
  connector(base: buildConnector.connector): buildConnector.connector;
  close(): Promise<void>;
};

const GATEWAY_HOST = new URL(REMOTE_ORIGIN).hostname;

const json = (response: ServerResponse, status: number, value: unknown) => {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
};

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

/**
 * Stands where the host of a machine stands, for servers that run elsewhere: the endpoint, the handshake and the health
 * checks speak to it as to every host, and it pipes their calls on. It listens on loopback, behind the release's token.
 */
export async function openRemoteGateway({ find, dispatcherFor, now }: RemoteGatewayDeps): Promise<RemoteGateway> {
  const statuses = createRemoteStatuses(now);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const machineId = header(request, REMOTE_MACHINE_HEADER);
    const remote = machineId === '' ? null : await find(machineId);
    if (remote === null || !remote.accepts(request.headers[HOST_TOKEN_HEADER]))
      return sendError(response, 401, 'The host token is missing or wrong.');
    const status = statuses.of(machineId);
    const { pathname, searchParams } = new URL(request.url ?? '/', REMOTE_ORIGIN);
    switch (`${request.method} ${pathname}`) {
      case 'GET /status':
        return json(response, 200, status.read(remote, await remote.findProblem()));
      case 'GET /logs':
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        response.end(status.lines(searchParams.get('cursor')));
        return;
      case 'POST /quiesce': {
        const isBusy = status.open > 0;
        return json(
          response,
          isBusy ? 409 : 200,
          isBusy ? { quiesced: false, reason: 'Calls are open.' } : { quiesced: true },
        );
      }
      case 'POST /resume':
        return json(response, 200, {});
      case 'POST /restart-silent':
        return json(response, 200, { restarted: 0 });
      case 'GET /mcp':
      case 'POST /mcp':
      case 'DELETE /mcp':
        return relay(request, response, remote, status, () => dispatcherFor(new URL(remote.url)));
      default:
        return sendError(response, 404, 'A remote server is reached over Streamable HTTP at /mcp.');
    }
  };

  const server = createServer((request, response) => {
    response.on('error', () => {}); // the caller left
    handle(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else sendError(response, 503, 'The remote server cannot be looked up now. Try again in a moment.');
    });
  });
  server.requestTimeout = 0; // streams are open for hours
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP listener has an AddressInfo

  return {
    connector: (base) => (options, callback) =>
      options.hostname === GATEWAY_HOST
        ? base(
            { ...options, protocol: 'http:', hostname: '127.0.0.1', host: `127.0.0.1:${port}`, port: String(port) },
            callback,
          )
        : base(options, callback),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
