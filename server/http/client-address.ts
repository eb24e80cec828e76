import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** Set from the connection before better-auth reads a request, because better-auth must not believe callers. */
export const CLIENT_ADDRESS_HEADER = 'catwalk-client-address';

/**
 * The proxies in front of this server: their number, their addresses and networks, or `fly` for Fly's proxy, which sets
 * `Fly-Client-IP`. first hour: F1
 * Undefined when there is none.
 */
export type TrustProxy = number | 'fly' | readonly string[] | undefined;

type AddressOf = (req: IncomingMessage) => string;

/** Returns the function that finds the address a request comes from, or `unknown` when there is no valid one. */
export function createClientAddress(trust: TrustProxy): AddressOf {
  if (trust === undefined) return (req) => normalize(peerOf(req));
  if (trust === 'fly') return flyClientAddress;
  return forwardedAddress(typeof trust === 'number' ? (_address, hop) => hop < trust : isOneOf(trust));
}

const peerOf = (req: IncomingMessage): string => req.socket.remoteAddress ?? 'unknown';

/** `::ffff:10.0.0.1` and `10.0.0.1` are the same address. */
const normalize = (address: string): string =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : 'unknown';

/**
 * X-Forwarded-For is believed only as far as the proxies that wrote it are trusted: read from the right, each entry was
 * written by the hop after it.
 */
function forwardedAddress(isTrusted: (address: string, hop: number) => boolean): AddressOf {
  return (req) => {
    const forwarded = [req.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    let address = peerOf(req);
    for (let hop = 0; isTrusted(address, hop); hop += 1) {
      const before = forwarded.pop()?.trim();
      if (!before) break;
      address = before;
    }
    return normalize(address);
  };
}

function isOneOf(entries: readonly string[]): (address: string) => boolean {
  const networks = entries.map((entry) =>
    ipaddr.parseCIDR(entry.includes('/') ? entry : `${entry}/${isV6(entry) ? 128 : 32}`),
  );
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match([network, bits]));
  };
}

const isV6 = (address: string) => ipaddr.parse(address).kind() === 'ipv6';

/**
 * Fly's proxy overwrites `Fly-Client-IP` with the address that connected to it. Its X-Forwarded-For is of no use here: it
 * appends the client's address and then the app's own public address. The proxy reaches a machine over a private IPv4
 * address; the machines of the organization's private network connect over IPv6 and could write any header.
 */
const flyClientAddress: AddressOf = (req) => {
  const peer = normalize(peerOf(req));
  const client = req.headers['fly-client-ip'];
  return isFlyProxy(peer) && typeof client === 'string' ? normalize(client.trim()) : peer;
};

const PRIVATE_RANGES = ['private', 'loopback', 'linkLocal', 'carrierGradeNat'];

const isFlyProxy = (peer: string): boolean =>
  ipaddr.IPv4.isValid(peer) && PRIVATE_RANGES.includes(ipaddr.IPv4.parse(peer).range());
