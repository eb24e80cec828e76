import type { Egress, WallRule } from '../wall-contract.ts';
import { isLoopback, isOwnAddress, isPublicAddress } from './addresses.ts';
import {
  formatHostEntry,
  type HostEntry,
  isPrivateName,
  matchesAddress,
  matchesName,
  parseHostEntry,
} from './host-entry.ts';

export type PolicyOptions = {
  /** Private addresses can be named: for one person alone. */
  mayNamePrivate: boolean;
  /** Entries with a public name open private addresses too: they are settings of the computer itself. */
  trustsNames?: boolean;
  isOwn?: (address: string) => boolean;
};

const entryOf = (host: string, kind: HostEntry['kind'], port: number | null): string =>
  formatHostEntry({ host, kind, port });

/** The entry that allows a connection, as a list of hosts should name it: without the port of the Web. */
export const entryOfConnection = (address: string, port: number, names: readonly string[]): string => {
  const [name] = isLoopback(address) ? ['localhost'] : names;
  const isWeb = (port === 443 || port === 80) && !isLoopback(address);
  return name === undefined
    ? entryOf(address, 'address', isWeb ? null : port)
    : entryOf(name, 'name', isWeb ? null : port);
};

/** Why something is denied, and the entry that would allow it; null where none does. */
export type Denial = { rule: WallRule; subject: string; entry: string | null };

/** Decides what a server may reach. It decides about addresses, as they are connected to: names only lead to them. */
export type EgressPolicy = {
  /** Null: the name may be looked up. */
  ofName(name: string): Denial | null;
  /** Of what the name resolves to: the addresses that may be reached by it. */
  reachable(name: string, addresses: readonly string[]): string[];
  /** The denial of a name that resolves to nothing reachable. */
  ofHidden(name: string, addresses: readonly string[]): Denial;
  /** `names` are those by which the server was given the address. */
  ofConnection(address: string, port: number, names: readonly string[]): Denial | null;
};

export const createPolicy = (
  { policy, hosts }: Egress,
  { mayNamePrivate, trustsNames = false, isOwn = isOwnAddress }: PolicyOptions,
): EgressPolicy => {
  const entries = hosts.map(parseHostEntry).filter((entry) => entry !== null);
  const isOpen = (address: string): boolean => isPublicAddress(address) && !isOwn(address);
  const listsName = (name: string, port: number | null) => entries.some((entry) => matchesName(entry, name, port));
  const listsAddress = (address: string, port: number | null) =>
    entries.some((entry) => matchesAddress(entry, address, port));
  /** A public name can be made to resolve to any address by its owner: only a private one opens a private address. */
  const opensPrivate = (name: string, port: number | null): boolean =>
    (trustsNames || isPrivateName(name)) &&
    entries.some((entry) => entry.kind === 'name' && matchesName(entry, name, port));
  const hidden = (subject: string, entry: string): Denial => ({
    rule: 'EGRESS_PRIVATE_ADDRESS',
    subject,
    entry: mayNamePrivate ? entry : null,
  });

  return {
    ofName: (name) => {
      if (policy === 'NONE') return { rule: 'EGRESS_NONE', subject: name, entry: null };
      if (policy === 'PUBLIC' || listsName(name, null)) return null;
      return { rule: 'EGRESS_NOT_LISTED', subject: name, entry: entryOf(name, 'name', null) };
    },
    reachable: (name, addresses) =>
      addresses.filter(
        (address) => isOpen(address) || (mayNamePrivate && (opensPrivate(name, null) || listsAddress(address, null))),
      ),
    ofHidden: (name, [address = '']) =>
      hidden(
        `${name} (${address})`,
        isPrivateName(name) ? entryOf(name, 'name', null) : entryOf(address, 'address', null),
      ),
    ofConnection: (address, port, names) => {
      const known = isLoopback(address) ? ['localhost'] : names;
      const [name] = known;
      const subject = name === undefined ? entryOf(address, 'address', port) : entryOf(name, 'name', port);
      if (policy === 'NONE') return { rule: 'EGRESS_NONE', subject, entry: null };
      if (!isOpen(address)) {
        const named = listsAddress(address, port) || known.some((one) => opensPrivate(one, port));
        if (mayNamePrivate && named) return null;
        return hidden(
          name === undefined || isLoopback(address) ? subject : `${subject} (${address})`,
          name !== undefined && isPrivateName(name) ? subject : entryOf(address, 'address', port),
        );
      }
      if (policy === 'PUBLIC' || listsAddress(address, port) || known.some((one) => listsName(one, port))) return null;
      return { rule: 'EGRESS_NOT_LISTED', subject, entry: subject };
    },
  };
};
