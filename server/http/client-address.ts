import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** Set by us from the connection before better-auth sees a request: it must not believe callers. */
export const CLIENT_ADDRESS_HEADER = 'catwalk-client-address';

/** How many proxies stand in front, or the addresses and networks they have; undefined: none. */
export type TrustProxy = number | readonly string[] | undefined;

/** `::ffff:10.0.0.1` and `10.0.0.1` are the same address. */
const normalize = (address: string): string =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : 'unknown';

/**
 * The address a request comes from. X-Forwarded-For is believed only as far as the proxies that wrote it are trusted:
 * read from the right, each entry was written by the hop after it.
 */
export function createClientAddress(trust: TrustProxy): (req: IncomingMessage) => string {
  const networks = Array.isArray(trust)
    ? trust.map((entry) => ipaddr.parseCIDR(entry.includes('/') ? entry : `${entry}/${isV6(entry) ? 128 : 32}`))
    : [];
  const isTrusted = (address: string, hop: number): boolean => {
    if (typeof trust === 'number') return hop < trust;
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match([network, bits]));
  };

  return (req) => {
    let address = req.socket.remoteAddress ?? 'unknown';
    if (trust === undefined) return normalize(address);
    const forwarded = [req.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    for (let hop = 0; isTrusted(address, hop); hop += 1) {
      const before = forwarded.pop()?.trim();
      if (!before) break;
      address = before;
    }
    return normalize(address);
  };
}

const V6_NETWORK_BITS = 64;

/**
 * Under which an address is counted: itself or, of IPv6, its /64. That is what one subscriber has, so whoever was
 * counted by address could have a fresh one for every request.
 */
export function networkOf(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/${V6_NETWORK_BITS}`)}/${V6_NETWORK_BITS}`;
}

const isV6 = (address: string) => ipaddr.parse(address).kind() === 'ipv6';
