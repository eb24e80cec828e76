import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws/client';
import { CliFailure } from './failure.ts';
import type { ServerAddress } from './find-server.ts';
import type { Operation } from './operations/operation.ts';
import { graphqlErrorsSchema, resultOf, throwGraphqlErrors, unreachable } from './responses.ts';

const KEEP_ALIVE_MS = 15_000;
/** A restarting server is back within seconds; after about a minute the command gives up. */
const RECONNECTS_MAX = 20;
const RECONNECT_MS_MAX = 3_000;
/** If no socket ever opened, something else is wrong, such as a proxy that blocks WebSockets. */
const FIRST_CONNECTS_MAX = 3;

export type FollowOptions = {
  signal: AbortSignal;
  /** The connection was lost and will be tried again. */
  onLost?: () => void;
  /** The subscription has started again, with the current state. */
  onRestored?: () => void;
};

/** A subscription over graphql-ws on a socket of its own. */
export async function* followOperation<Result>(
  server: ServerAddress,
  operation: Operation<Result>,
  variables: Record<string, unknown>,
  options: FollowOptions,
): AsyncGenerator<Result> {
  const { signal } = options;
  if (signal.aborted) return;
  const left = new AbortController();
  const client = await openSocket(server, { ...options, signal: AbortSignal.any([signal, left.signal]) });
  const results = client.iterate({ query: operation.document, variables });
  // returning ends the wait for the next result, even for a server that does not come back
  const leave = () => void results.return?.();
  signal.addEventListener('abort', leave, { once: true });
  try {
    for await (const { data, errors } of results) {
      if (errors?.length) throwGraphqlErrors(server, graphqlErrorsSchema.parse(errors));
      yield resultOf(operation, data);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (Array.isArray(error)) throwGraphqlErrors(server, graphqlErrorsSchema.parse(error));
    throw error instanceof CliFailure ? error : unreachable(server.url, error);
  } finally {
    signal.removeEventListener('abort', leave);
    left.abort(); // the socket that closes now was not lost
    await client.dispose();
  }
}

async function openSocket({ url, token }: ServerAddress, options: FollowOptions): Promise<Client> {
  const { WebSocket } = await import('ws');
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  let attempts = 0;
  let state: 'new' | 'open' | 'lost' = 'new';
  return createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols?: string | string[]) {
        super(address, protocols, { headers, handshakeTimeout: 10_000 });
      }
    },
    connectionParams: headers,
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: RECONNECTS_MAX,
    shouldRetry: () => state !== 'new' || ++attempts < FIRST_CONNECTS_MAX,
    // an abort ends the wait early, and the subscription with it
    retryWait: (retries) =>
      delay(Math.min(250 * 2 ** retries, RECONNECT_MS_MAX), undefined, { signal: options.signal }).catch(() => {}),
    on: {
      closed: () => {
        if (state !== 'open' || options.signal.aborted) return;
        state = 'lost';
        options.onLost?.();
      },
      connected: () => {
        if (state === 'lost') options.onRestored?.();
        state = 'open';
      },
    },
  });
}
