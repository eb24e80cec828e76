import { HOST_PORT } from './machine-config.ts';

export type AddressMode =
  | { kind: 'local' }
  /** No machine: the gateway of each instance of Catwalk relays to a server elsewhere. */
  | { kind: 'remote' }
  /** No machine: each instance of Catwalk merges the answers of several deployments. */
  | { kind: 'bundle' }
  /** One tenant: the backend and its machines share a private network. */
  | { kind: '6pn'; app: string }
  /** Several users: each owner's app on a network of its own, reached through Fly's proxy. */
  | { kind: 'fly-proxy'; app: string }
  /** The same, without a public address: the proxy is reached over the organization's private network. */
  | { kind: 'flycast'; app: string };

export type MachineAddress = {
  /** Such as `http://127.0.0.1:40123`, without a path. */
  origin: string;
  /** To be sent with every request; names in lower case. */
  headers: Record<string, string>;
};

/**
 * The headers of a request through Fly's proxy: the machine is picked by its id, and answers are not compressed, because
 * the proxy buffers what it compresses (Fly's `networking/request-headers` and `reference/content-encoding`).
 * first hour: F4
 */
export const flyProxyHeaders = (machineId: string): Record<string, string> => ({
  'fly-force-instance-id': machineId,
  'accept-encoding': 'identity',
});

/** Where the gateway to remote servers is reached: a name that only Catwalk's own connector knows. */
export const REMOTE_ORIGIN = 'http://remote.catwalk.internal';
/** The app of deployments without a machine. No account has an app of this name. */
export const REMOTE_APP = 'remote';
/** The same for bundles of deployments. */
export const BUNDLE_ORIGIN = 'http://bundle.catwalk.internal';
export const BUNDLE_APP = 'bundle';
export const REMOTE_MACHINE_HEADER = 'catwalk-machine';

/** The headers that pick one machine behind a shared address. */
export const machineHeaders = (kind: AddressMode['kind'], machineId: string): Record<string, string> => {
  switch (kind) {
    case 'fly-proxy':
    case 'flycast':
      return flyProxyHeaders(machineId);
    case 'remote':
    case 'bundle':
      return { [REMOTE_MACHINE_HEADER]: machineId };
    default:
      return {};
  }
};

/** Reports whether requests with these headers pass Fly's proxy, which answers some of them itself. */
export const isBehindFlyProxy = (headers: Readonly<Record<string, string>>): boolean =>
  headers['fly-force-instance-id'] !== undefined;

/** The one place that decides where a machine is reached. Returns null while the address is not known yet. */
export const machineAddress = (
  machine: { id: string; localPort: number | null },
  mode: AddressMode,
): MachineAddress | null => {
  switch (mode.kind) {
    case 'local':
      return machine.localPort === null ? null : { origin: `http://127.0.0.1:${machine.localPort}`, headers: {} };
    case 'remote':
      return { origin: REMOTE_ORIGIN, headers: machineHeaders('remote', machine.id) };
    case 'bundle':
      return { origin: BUNDLE_ORIGIN, headers: machineHeaders('bundle', machine.id) };
    case '6pn':
      return { origin: `http://${machine.id}.vm.${mode.app}.internal:${HOST_PORT}`, headers: {} };
    case 'flycast':
      return { origin: `http://${mode.app}.flycast`, headers: flyProxyHeaders(machine.id) };
    case 'fly-proxy':
      return { origin: `https://${mode.app}.fly.dev`, headers: flyProxyHeaders(machine.id) };
  }
};
