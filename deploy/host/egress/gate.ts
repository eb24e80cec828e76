import { connect, type Server, type Socket } from 'node:net';
import { canonicalAddress, isLoopback } from './addresses.ts';
import type { GrantedAddresses } from './granted-addresses.ts';
import { type Denial, type EgressPolicy, entryOfConnection } from './policy.ts';

export type GateDeps = {
  policy: () => EgressPolicy;
  granted: GrantedAddresses;
  onDenied: (denial: Denial) => void;
  /** A connection was allowed by an entry of a list, or would be. */
  onReached: (entry: string) => void;
};

const CONNECT_MS_MAX = 30_000;
const CONNECTIONS_MAX = 512;

/** Opens the connection outside. The address was checked, and is the one that is connected to. */
const connectOutside = (address: string, port: number): Socket =>
  // A service on loopback may have chosen either family.
  isLoopback(address)
    ? connect({ host: 'localhost', port, autoSelectFamily: true, allowHalfOpen: true })
    : connect({ host: address, port, allowHalfOpen: true });

const join = (inside: Socket, outside: Socket): void => {
  const timer = setTimeout(() => outside.destroy(new Error('The host does not answer.')), CONNECT_MS_MAX);
  outside.once('connect', () => {
    clearTimeout(timer);
    inside.pipe(outside).pipe(inside);
  });
  for (const [one, other] of [
    [inside, outside],
    [outside, inside],
  ] as const) {
    one.on('error', () => other.resetAndDestroy());
    one.on('close', () => {
      clearTimeout(timer);
      other.destroy();
    });
  }
};

/**
 * Receives the connections of a machine. In its namespace every address is local (namespace.ts), so that the address
 * and the port on which a connection arrives are those that the program asked for.
 */
export const createGate = ({ policy, granted, onDenied, onReached }: GateDeps) => {
  const open = new Set<Socket>();
  const receive = (inside: Socket): void => {
    const address = canonicalAddress(inside.localAddress ?? '');
    const port = inside.localPort ?? 0;
    inside.on('error', () => undefined); // it was reset
    if (address === null || open.size >= CONNECTIONS_MAX) {
      inside.resetAndDestroy();
      return;
    }
    const denial = policy().ofConnection(address, port, granted.namesOf(address));
    if (denial !== null) {
      onDenied(denial);
      inside.resetAndDestroy();
      return;
    }
    onReached(entryOfConnection(address, port, granted.namesOf(address)));
    open.add(inside);
    inside.once('close', () => open.delete(inside));
    join(inside, connectOutside(address, port));
  };
  return {
    serve: (server: Server): void => {
      Object.assign(server, { allowHalfOpen: true }); // it came from another process, which passes no options on
      server.on('connection', receive);
    },
    close: (): void => {
      for (const socket of open) socket.destroy();
    },
  };
};
