import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exposition } from './exposition.ts';

const REQUEST_MS_MAX = 10_000;

export type MetricsPort = { port: number; close(): Promise<void> };

/**
 * `GET /metrics` without a token on a port of its own, for scrapers that can send none, such as Fly's. Nothing else is
 * served there. Who can reach the port is decided by the network: on Fly, the organization's private network alone.
 * Rejects when the port cannot be taken.
 */
export async function listenForScrapers(
  { host, port, onError }: { host: string; port: number; onError: (error: unknown) => void },
  expose: Exposition,
): Promise<MetricsPort> {
  const server = createServer({ requestTimeout: REQUEST_MS_MAX }, (req, res) => {
    req.resume();
    if (req.url !== '/metrics') return void res.writeHead(404).end();
    if (req.method !== 'GET' && req.method !== 'HEAD') return void res.writeHead(405, { allow: 'GET, HEAD' }).end();
    expose().then(
      ({ contentType, text }) => {
        const length = Buffer.byteLength(text);
        res.writeHead(200, { 'content-type': contentType, 'content-length': length, 'cache-control': 'no-store' });
        res.end(text); // Node sends no body for HEAD
      },
      (error: unknown) => {
        onError(error);
        res.writeHead(500).end();
      },
    );
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host, port }, resolve);
  await promise;
  server.off('error', reject);
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
