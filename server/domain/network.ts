import ipaddr from 'ipaddr.js';

const V6_NETWORK_BITS = 64;

/**
 * The network under which an address is counted: the address itself or, for IPv6, its /64. A subscriber usually has a
 * whole /64, so a caller who is counted by address could use a fresh address for every request.
 */
export function networkOf(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/${V6_NETWORK_BITS}`)}/${V6_NETWORK_BITS}`;
}
