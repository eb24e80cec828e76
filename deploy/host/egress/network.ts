import type { Egress, NetworkSettings } from '../wall-contract.ts';
import { canonicalAddress } from './addresses.ts';
import { createGate } from './gate.ts';
import { createGrantedAddresses } from './granted-addresses.ts';
import { formatHostEntry, parseHostEntry } from './host-entry.ts';
import { serveNames } from './name-server.ts';
import { openNamespace } from './namespace.ts';
import { createPolicy, type Denial, type EgressPolicy } from './policy.ts';

/** The network of one machine: its programs reach what the policy allows, through this process. */
export type MachineNetwork = {
  /** Comes before the command of a box. */
  readonly enter: readonly string[];
  /** The installation has ended: from now on the policy of the server holds. */
  serve(): void;
  /** Entries for what the server has reached, up to 100. */
  reached(): string[];
  close(): void;
};

/**
 * The ports on which connections are received: those of the Web, mail, SSH and usual databases and queues. On another
 * port a connection is refused, unless an entry of the list names the port. Ports on which servers themselves like to
 * be reached (3000, 8000, 8080) are left to them.
 */
export const USUAL_PORTS: readonly number[] = [
  ...[22, 25, 80, 110, 143, 389, 443, 465, 587, 636, 853, 993, 995],
  ...[1433, 1521, 1883, 3306, 3389, 4222, 5222, 5432, 5671, 5672, 6333, 6379, 6380, 6543],
  ...[7687, 8123, 8200, 8443, 8883, 9042, 9092, 9200, 9243, 9418, 9440, 11_211, 19_530, 27_017],
];
const PORTS_MAX = 200;
const REACHED_MAX = 100;

const PORT_OF: Record<string, number> = { 'http:': 80, 'https:': 443, 'ssh:': 22, 'git:': 9418 };

/** The hosts that variables and settings of installers name by their address. */
export const hostsOf = (texts: readonly string[]): string[] =>
  texts.flatMap((text) =>
    [...text.matchAll(/\b(?:https?|ssh|git):\/\/[^\s"'<>,]+/g)].flatMap(([found]) => {
      if (!URL.canParse(found)) return [];
      const { protocol, hostname, port } = new URL(found);
      const host = hostname.replace(/^\[|\]$/g, '');
      const address = canonicalAddress(host);
      const kind = address === null ? 'name' : 'address';
      return formatHostEntry({ host: address ?? host, kind, port: Number(port) || (PORT_OF[protocol] ?? 443) });
    }),
  );

export type NetworkOptions = {
  settings: NetworkSettings;
  egress: Egress;
  /** What the installation reaches besides the Internet: registries and proxies of the computer's own configuration. */
  installers: readonly string[];
  onDenied: (denial: Denial) => void;
};

/** Makes the network of a machine. During the installation everything public is reachable, and the computer's registries. */
export const openNetwork = async ({
  settings,
  egress,
  installers,
  onDenied,
}: NetworkOptions): Promise<MachineNetwork> => {
  const named = [...egress.hosts, ...installers].flatMap((text) => parseHostEntry(text)?.port ?? []);
  const ports = [...new Set([...named, ...USUAL_PORTS])].filter((port) => port !== 53).slice(0, PORTS_MAX);
  const namespace = await openNamespace(settings.tools, ports);
  let policy: EgressPolicy = createPolicy(
    { policy: 'PUBLIC', hosts: [...installers] },
    { mayNamePrivate: true, trustsNames: true }, // the person who runs Catwalk has named them
  );
  const reached = new Set<string>();
  const onReached = (entry: string): void => {
    if (reached.size < REACHED_MAX) reached.add(entry);
  };
  const deps = { policy: () => policy, granted: createGrantedAddresses(), onDenied, onReached };
  const gate = createGate(deps);
  for (const server of namespace.servers) gate.serve(server);
  serveNames(namespace.names, deps);
  return {
    enter: namespace.enter,
    serve: () => {
      policy = createPolicy(egress, { mayNamePrivate: settings.mayNamePrivate });
      reached.clear(); // what installers reached is not the server's
    },
    reached: () => [...reached],
    close: () => {
      gate.close();
      namespace.close();
    },
  };
};
