import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, fetch } from 'undici';

/** An address that Fly assigns to the app: its proxy appends it to X-Forwarded-For. */
const APP_ADDRESS = '66.241.125.59';

/** The public address of the caller that connects from a loopback address. */
const publicAddressOf = (loopback: string): string => loopback.replace(/^127\.0\.0\./, '203.0.113.');

/**
 * A stand-in for Fly's proxy in front of the backend, with what was measured of the real one: it overwrites
 * `Fly-Client-IP` and appends the client's address and the app's own to X-Forwarded-For. Callers with different
 * addresses connect from different loopback addresses. A request counts for as long as it is open; beyond `hardLimit` the
 * proxy answers 503 itself (superfly/docs, reference/configuration: `http_service.concurrency`).
 */
export async function startFlyEdge(backendPort: number, { hardLimit = Number.POSITIVE_INFINITY } = {}) {
  let open = 0;
  const edge = createServer((req, res) => {
    if (open >= hardLimit) {
      res.writeHead(503).end();
      return;
    }
    open += 1;
    res.once('close', () => {
      open -= 1;
    });
    const client = publicAddressOf(req.socket.remoteAddress ?? '');
    const forwarded = [req.headers['x-forwarded-for'] ?? [], client, APP_ADDRESS].flat().join(', ');
    const headers = { ...req.headers, 'fly-client-ip': client, 'x-forwarded-for': forwarded };
    const onward = request(
      { host: '127.0.0.1', port: backendPort, method: req.method, path: req.url, headers },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(res);
      },
    );
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  });
  await new Promise<void>((resolve) => edge.listen(0, '127.0.0.1', resolve));
  const { port } = edge.address() as AddressInfo; // it listens on TCP
  const agents: Agent[] = [];

  return {
    /** A caller with the address 203.0.113.N. */
    callerAt: (n: number) => {
      const agent = new Agent({ localAddress: `127.0.0.${n}` });
      agents.push(agent);
      return (path: string, init: Parameters<typeof fetch>[1] = {}) =>
        fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init, dispatcher: agent });
    },
    /** Requests that are open now. */
    open: () => open,
    close: async () => {
      await Promise.all(agents.map((agent) => agent.destroy()));
      edge.closeAllConnections();
      edge.close();
    },
  };
}
