import { BlockList, isIP, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';

/** What is not reachable for everyone, of IANA's registry of special-purpose addresses for IPv4. */
const RESERVED_4: readonly [address: string, bits: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // public by its number, and on Azure the service of the computer's own host
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** Within what is given out of IPv6: addresses that carry one of IPv4, and those of documents. */
const RESERVED_6: readonly [address: string, bits: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const reserved = new BlockList();
for (const [address, bits] of RESERVED_4) reserved.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of RESERVED_6) reserved.addSubnet(address, bits, 'ipv6');
/** The part of IPv6 that is given out to networks (RFC 4291, section 2.4). */
const given6 = new BlockList();
given6.addSubnet('2000::', 3, 'ipv6');

/** The one form of an address by which two can be compared; null for a text that is no address. */
export const canonicalAddress = (text: string): string | null => {
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1] ?? text.replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 0) return null;
  return family === 4 ? plain : new SocketAddress({ address: plain, family: 'ipv6' }).address;
};

/** True for an address of the computer itself that packets never leave. */
export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** Neither loopback nor private, link-local or reserved. `address` is canonical. */
export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address);
  if (family === 4) return !reserved.check(address, 'ipv4');
  return family === 6 && given6.check(address, 'ipv6') && !reserved.check(address, 'ipv6');
};

/** True for an address of this computer, also one that the Internet reaches. */
export const isOwnAddress = (address: string): boolean =>
  Object.values(networkInterfaces()).some((all) => all?.some((one) => canonicalAddress(one.address) === address));
