import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { descendantsOf } from '../child/end-processes.ts';

/** A TCP address on which a process accepts connections of this computer. */
export type Address = { host: '127.0.0.1' | '::1'; port: number };

const LISTENING = '0A';
/** Addresses as /proc/net writes them: 32-bit words in the byte order of the machine. */
const HOSTS: Readonly<Record<string, Address['host']>> = {
  '00000000': '127.0.0.1',
  '0100007F': '127.0.0.1',
  '00000000000000000000000000000000': '127.0.0.1',
  '0000000000000000FFFF00000100007F': '127.0.0.1',
  '00000000000000000000000001000000': '::1',
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // the process has ended, or this system has no /proc
  }
};

/** Inodes of the sockets that the process has open. */
const socketsOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed since the folder was listed
      }
    });
  } catch {
    return []; // it has ended
  }
};

/** Reads a table of /proc/net (proc(5)): the address of each listening socket, by its inode. */
export const readSocketTable = (table: string): Map<string, Address> => {
  const found = new Map<string, Address>();
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    const host = HOSTS[address];
    if (state === LISTENING && host !== undefined) found.set(inode, { host, port: Number.parseInt(port, 16) });
  }
  return found;
};

/**
 * The addresses on which a process, or one that it has started, accepts connections of this computer, in the order in
 * which they were opened. Null on systems without /proc.
 */
export const listeningAddresses = (root: number): Address[] | null => {
  const tables = ['tcp', 'tcp6'].map((name) => read(`/proc/${root}/net/${name}`));
  if (tables.every((table) => table === '')) return null;
  const sockets = new Map(tables.flatMap((table) => [...readSocketTable(table)]));
  const inodes = [root, ...descendantsOf(root).map(({ pid }) => pid)].flatMap(socketsOf);
  const opened = [...new Set(inodes)].sort((a, b) => Number(a) - Number(b));
  return opened.flatMap((inode) => sockets.get(inode) ?? []);
};
