import { createClient } from 'graphql-ws';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { Browser } from '#server/http/browser.testing.ts';

/** The connections of a browser page at one instance: a socket and a stream. `origin` is the origin of the page. */
export async function openPageAt(at: string, browser: Browser, origin: string) {
  const headers = { cookie: browser.cookie(), origin };
  const query = 'subscription { deploymentsChanged { status } }';
  const closed = Promise.withResolvers<number>();
  const connected = Promise.withResolvers<void>();
  class PageSocket extends WebSocket {
    constructor(url: string | URL, protocols: string | string[]) {
      super(url, protocols, { headers });
    }
  }
  const socket = createClient({
    url: `${at.replace('http', 'ws')}/graphql`,
    webSocketImpl: PageSocket,
    retryAttempts: 0,
    on: {
      connected: () => connected.resolve(),
      closed: (event) => closed.resolve((event as { code: number }).code), // a CloseEvent
    },
  });
  socket.subscribe({ query }, { next() {}, error() {}, complete() {} });
  await connected.promise;
  const stream = await browser.send(`${at}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
  });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const streamEnded = stream.text().then(
    () => {},
    () => {}, // cut
  );
  return {
    socketClosed: closed.promise,
    streamEnded,
    close: async () => {
      await socket.dispose();
      await stream.body?.cancel().catch(() => {}); // it is being read
    },
  };
}

/** True if an instance still accepts the session. */
export async function isSignedInAt(at: string, browser: Browser): Promise<boolean> {
  const answer = await browser.send(`${at}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ viewer { id } }"}',
  });
  const { data } = (await answer.json()) as { data?: { viewer: unknown } | null }; // GraphQL over HTTP
  return data?.viewer != null;
}
