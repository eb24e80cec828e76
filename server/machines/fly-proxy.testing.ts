import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { buildConnector } from 'undici';
import { z } from 'zod';

const machineSchema = z.object({
  state: z.string(),
  local_port: z.number().nullable(),
  config: z.object({ services: z.array(z.unknown()).default([]) }),
});
const ipsSchema = z.object({ ips: z.array(z.unknown()) });

/**
 * A stand-in for Fly's proxy in front of a local Machines API. `{app}.fly.dev` leads to the machine named in the header,
 * if the app has an address and the started machine of this app has a service. Serves plain HTTP on loopback; `connect`
 * dials it for every name below fly.dev and refuses all others.
 */
export async function startFlyProxy(api: { baseUrl: string; token: string }) {
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${api.baseUrl}/v1${path}`, { headers: { authorization: `Bearer ${api.token}` } });
    return answer.ok ? answer.json() : null;
  };
  const portOf = async (app: string, id: string): Promise<number | null> => {
    const addresses = ipsSchema.safeParse(await read(`/apps/${app}/ip_assignments`)).data?.ips ?? [];
    const machine = machineSchema.safeParse(await read(`/apps/${app}/machines/${id}`)).data;
    const isReachable = addresses.length > 0 && machine?.state === 'started' && machine.config.services.length > 0;
    return isReachable ? machine.local_port : null;
  };
  /** Apps that were called, in order. */
  const called: string[] = [];

  const server = createServer((incoming, outgoing) => {
    const app = /^([a-z0-9-]+)\.fly\.dev$/.exec(incoming.headers.host ?? '')?.[1] ?? '';
    called.push(app);
    void portOf(app, String(incoming.headers['fly-force-instance-id'])).then((port) => {
      if (port === null) return outgoing.writeHead(503).end();
      const { method, url: path, headers } = incoming;
      const onward = forward({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      outgoing.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP

  const dial: buildConnector.connector = ({ hostname }, callback) => {
    if (!hostname.endsWith('.fly.dev')) return callback(new Error(`${hostname} is not behind Fly's proxy.`), null);
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => callback(null, socket));
    socket.once('error', (error) => callback(error, null));
  };
  return {
    connect: dial,
    called,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
