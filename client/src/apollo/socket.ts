import { type Client, createClient } from 'graphql-ws';
import type { ConnectionStore } from './connection.ts';

type SocketOptions = {
  url: string;
  connection: ConnectionStore;
  /** Called when the socket is back after a loss: everything that happened in between was missed. */
  onReconnected: () => void;
  /** Called when the session has ended, here or in another browser. */
  onSignedOut: () => void;
};

const RETRY_WAIT_MAX_MS = 5_000;
const KEEP_ALIVE_MS = 12_000;
const PONG_WAIT_MS = 5_000;

/** Close codes after which a retry cannot help: the server does not know the session. */
const SIGNED_OUT_CODES = new Set([4401, 4403]);

/** The tab's one socket: reconnects forever, notices a dead network by a missing pong, and reports its state. */
export function createSocket({ url, connection, onReconnected, onSignedOut }: SocketOptions): Client {
  let lost = false;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const down = () => connection.set(navigator.onLine ? 'reconnecting' : 'offline');

  const client = createClient({
    url,
    lazy: true,
    lazyCloseTimeout: 10_000,
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (event) => !(event instanceof CloseEvent && SIGNED_OUT_CODES.has(event.code)),
    retryWait: async (retries) => {
      const wait = Math.min(RETRY_WAIT_MAX_MS, 250 * 2 ** retries) * (0.75 + Math.random() / 2);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          removeEventListener('online', done);
          resolve();
        };
        const timer = setTimeout(done, wait);
        // Retries at once when the network comes back.
        addEventListener('online', done);
      });
    },
    on: {
      connected: () => {
        connection.set('live');
        if (lost) onReconnected();
        lost = false;
      },
      closed: (event) => {
        clearTimeout(pongTimer);
        // The lazy close after the last subscription is not a loss.
        if (event instanceof CloseEvent && event.code === 1000) return connection.set('idle');
        lost = true;
        if (event instanceof CloseEvent && SIGNED_OUT_CODES.has(event.code)) onSignedOut();
        down();
      },
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => client.terminate(), PONG_WAIT_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
    },
  });
  addEventListener('offline', () => {
    if (connection.get().state === 'live') client.terminate();
  });
  return client;
}
