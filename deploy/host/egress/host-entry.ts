import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { canonicalAddress, isLoopback, isPublicAddress } from './addresses.ts';

/** One line of a list of hosts: a name, `*.` and a name, or an address; each with a port or without. */
export type HostEntry = {
  /** Lower case, in ASCII; an address in its canonical form. For a wildcard the part after `*.`. */
  host: string;
  kind: 'name' | 'wildcard' | 'address';
  /** Null: every port. */
  port: number | null;
};

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const NAME_LENGTH_MAX = 253;
/** Domains that no registry gives out: RFC 6761, RFC 6762, RFC 8375, and ICANN's reserved .internal. */
const PRIVATE_DOMAIN = /(^|\.)(localhost|local|lan|internal|home\.arpa)$/;

/** The form of a name in which it is compared; null for a text that is not the name of a host. */
export const canonicalName = (text: string): string | null => {
  // The parser of addresses of the Web would take a path, a port or a user for the end of the name.
  if (text.length > NAME_LENGTH_MAX + 1 || /[^\p{L}\p{N}\p{M}._-]/u.test(text)) return null;
  const name = domainToASCII(text.replace(/\.$/, '')).toLowerCase();
  const labels = name.split('.');
  return name.length <= NAME_LENGTH_MAX &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
    ? name
    : null;
};

/** True for a name that only a private network can give to a host, such as `nas`, `nas.lan` or `localhost`. */
export const isPrivateName = (name: string): boolean => !name.includes('.') || PRIVATE_DOMAIN.test(name);

/** True for an entry that names the computer itself or a private network. */
export const isPrivateEntry = ({ host, kind }: HostEntry): boolean =>
  kind === 'address' ? !isPublicAddress(host) : isPrivateName(host);

const splitPort = (text: string): { host: string; port: number | null } | null => {
  const match = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return isIP(text) === 6 ? { host: text, port: null } : null;
  const port = match[2] === undefined ? null : Number(match[2]);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port };
};

/**
 * Reads an entry; null if it is none. `*.example.com` stands for every name below example.com, at any depth, and not for
 * example.com itself. An entry of the computer itself needs a port, so that it does not open all services on it.
 */
export const parseHostEntry = (text: string): HostEntry | null => {
  const split = splitPort(text.trim());
  if (split === null) return null;
  const { port } = split;
  const address = canonicalAddress(split.host);
  if (address !== null) return isLoopback(address) && port === null ? null : { host: address, kind: 'address', port };
  const isWildcard = split.host.startsWith('*.');
  const host = canonicalName(isWildcard ? split.host.slice(2) : split.host);
  if (host === null || (isWildcard && !host.includes('.'))) return null;
  if (/(^|\.)localhost$/.test(host) && (port === null || isWildcard)) return null;
  return { host, kind: isWildcard ? 'wildcard' : 'name', port };
};

/** The text of an entry: parsed again it is the same. */
export const formatHostEntry = ({ host, kind, port }: HostEntry): string => {
  const text = kind === 'wildcard' ? `*.${host}` : host;
  if (port === null) return text;
  return host.includes(':') ? `[${text}]:${port}` : `${text}:${port}`;
};

/** Port null asks if the entry matches with any port. */
const matchesPort = (entry: HostEntry, port: number | null): boolean =>
  port === null || entry.port === null || entry.port === port;

export const matchesName = (entry: HostEntry, name: string, port: number | null): boolean =>
  matchesPort(entry, port) &&
  ((entry.kind === 'name' && entry.host === name) || (entry.kind === 'wildcard' && name.endsWith(`.${entry.host}`)));

export const matchesAddress = (entry: HostEntry, address: string, port: number | null): boolean =>
  matchesPort(entry, port) && entry.kind === 'address' && entry.host === address;
