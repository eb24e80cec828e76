import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { buildConnector } from 'undici';
import { z } from 'zod';

const machineSchema = z.object({
  state: z.string(),
  local_port: z.number().nullable(),
  config: z.object({ services: z.array(z.unknown()).default([]) }),
});
const ipsSchema = z.object({ ips: z.array(z.object({ ip: z.string(), network: z.string().optional() })) });
const appSchema = z.object({ network: z.string() });

export type FlyProxyOptions = {
  /** How Fly reads the `network` of a private address; null: private addresses are not reached from here. */
  reading?: 'caller' | 'own' | null;
};

const CLIENT = '203.0.113.9';
const APP_ADDRESS = '66.241.125.59';

/**
 * A stand-in for Fly's proxy in front of a local Machines API. `{app}.fly.dev`, or `{app}.flycast` for an app with a
 * private address, leads to the machine named in the header,
 * if the app has an address and the started machine of this app has a service. Serves plain HTTP on loopback; `connect`
 * dials it for every name below fly.dev and refuses all others.
 */
export async function startFlyProxy(api: { baseUrl: string; token: string }, { reading = null }: FlyProxyOptions = {}) {
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${api.baseUrl}/v1${path}`, { headers: { authorization: `Bearer ${api.token}` } });
    return answer.ok ? answer.json() : null;
  };
  /** Reports whether the app has an address that is reached from the backend's network. */
  const hasAddress = async (app: string, isPrivate: boolean): Promise<boolean> => {
    const addresses = ipsSchema.safeParse(await read(`/apps/${app}/ip_assignments`)).data?.ips ?? [];
    if (!isPrivate) return addresses.some(({ network }) => network === undefined);
    const own = appSchema.safeParse(await read(`/apps/${app}`)).data?.network;
    const wanted = reading === null ? null : reading === 'caller' ? 'default' : own;
    return addresses.some(({ network }) => network !== undefined && network === wanted);
  };
  const portOf = async (app: string, id: string, isPrivate: boolean): Promise<number | null> => {
    const machine = machineSchema.safeParse(await read(`/apps/${app}/machines/${id}`)).data;
    const isReachable =
      (await hasAddress(app, isPrivate)) && machine?.state === 'started' && machine.config.services.length > 0;
    return isReachable ? machine.local_port : null;
  };
  /** Apps that were called, in order. */
  const called: string[] = [];

  const server = createServer((incoming, outgoing) => {
    const [, app = '', zone] = /^([a-z0-9-]+)\.(fly\.dev|flycast)$/.exec(incoming.headers.host ?? '') ?? [];
    called.push(app);
    void portOf(app, String(incoming.headers['fly-force-instance-id']), zone === 'flycast').then((port) => {
      if (port === null) return outgoing.writeHead(503).end();
      const { method, url: path } = incoming;
      const headers = {
        ...incoming.headers,
        'fly-client-ip': CLIENT,
        'x-forwarded-for': [incoming.headers['x-forwarded-for'] ?? [], CLIENT, APP_ADDRESS].flat().join(', '),
      };
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
    if (!/\.(fly\.dev|flycast)$/.test(hostname))
      return callback(new Error(`${hostname} is not behind Fly's proxy.`), null);
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
