import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { MachinesClient } from '#deploy/fly/calls.ts';

/** Leads `{id}.vm.{app}.internal` to the machines of a local Machines API, for processes that load the preload. */
export async function startPrivateNetwork(machines: MachinesClient) {
  const server = createServer((incoming, outgoing) => {
    const [, id = '', app = ''] = /^([^.]+)\.vm\.([^.]+)\.internal/.exec(incoming.headers.host ?? '') ?? [];
    const { method, url: path, headers } = incoming;
    machines.find(app, id).then(
      (machine) => {
        if (!machine?.localPort) return outgoing.destroy();
        const onward = forward({ host: '127.0.0.1', port: machine.localPort, method, path, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        });
        onward.on('error', () => outgoing.destroy());
        incoming.pipe(onward);
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const preload = pathToFileURL(fileURLToPath(new URL('private-network.mjs', import.meta.url))).href;
  return {
    environment: { PRIVATE_NETWORK_PORT: String(port), NODE_OPTIONS: `--import=${preload}` },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
