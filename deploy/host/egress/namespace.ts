import { type ChildProcess, spawn } from 'node:child_process';
import { Socket as Datagrams } from 'node:dgram';
import { Server } from 'node:net';
import { failWith } from '../failure.ts';
import type { NetworkTools } from '../wall-contract.ts';

/** A network of its own, in which every address leads to this process. */
export type Namespace = {
  /** Comes before a command that is to run in it. */
  enter: readonly string[];
  /** One for each port, on every address. */
  servers: readonly Server[];
  /** Where names are looked up: 127.0.0.1, port 53. */
  names: Datagrams;
  close(): void;
};

const OPEN_MS_MAX = 20_000;

/** Every address becomes one of this network itself, so that nothing is ever sent to another. */
const SETUP = [
  '"$1" link set lo up',
  '"$1" route add local 0.0.0.0/0 dev lo',
  '{ "$1" -6 route add local ::/0 dev lo 2>/dev/null || true; }',
  'echo up',
  'exec cat',
].join(' && ');

/** Opens sockets in the network and hands them to the parent: a socket belongs to the network in which it was opened. */
const OPENER = `
const { createServer } = require('node:net');
const hand = (what, handle) => new Promise((done, failed) => process.send(what, handle, (error) => error ? failed(error) : done()));
const listen = (port, host) => new Promise((done, failed) => { const server = createServer(); server.once('error', failed); server.listen(port, host, () => done(server)); });
(async () => {
  for (const port of process.argv.slice(1).map(Number)) await hand('server', await listen(port, '::').catch(() => listen(port, '0.0.0.0')));
  const names = require('node:dgram').createSocket('udp4');
  names.bind(53, '127.0.0.1', async () => { await hand('names', names); process.exit(0); });
})().catch((error) => { console.error(error.message); process.exit(1); });`;

const textOf = (child: ChildProcess): { text: string } => {
  const read = { text: '' };
  child.stderr?.on('data', (chunk: Buffer) => {
    read.text = `${read.text}${chunk}`.slice(-2_000);
  });
  return read;
};

const fail = (child: string, reason: string): never =>
  failWith(
    'INSTALL_FAILED',
    `The network of the machine could not be made (${child}): ${reason.trim() || 'no reason given'}.`,
    {
      retryable: true,
      hint: 'catwalk doctor says what walls around the network need.',
    },
  );

/** Starts a process in a new network that lives as long as this one. */
const hold = async ({ unshare, ip }: NetworkTools, isRoot: boolean): Promise<ChildProcess> => {
  // As root of a namespace of users an ordinary user may set up a network.
  const args = [...(isRoot ? [] : ['--user', '--map-root-user']), '--net', '--', '/bin/sh', '-c', SETUP, 'hold', ip];
  const holder = spawn(unshare, args, { stdio: ['pipe', 'pipe', 'pipe'], env: {} });
  holder.stdin.on('error', () => undefined); // it has ended
  const said = textOf(holder);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  holder.once('error', (error) => resolve(error.message));
  holder.once('exit', () => resolve(said.text));
  holder.stdout.once('data', () => resolve(null));
  const trouble = await promise;
  if (trouble !== null) fail('unshare', trouble);
  return holder;
};

/** Makes a network and opens its sockets. Throws HostFailureError. */
export const openNamespace = async (tools: NetworkTools, ports: readonly number[]): Promise<Namespace> => {
  const isRoot = process.getuid?.() === 0;
  const holder = await hold(tools, isRoot);
  const target = ['--net', '--target', String(holder.pid), '--'];
  const enter = [tools.nsenter, ...(isRoot ? [] : ['--user', '--preserve-credentials']), ...target];
  const [command = '', ...args] = enter;
  const servers: Server[] = [];
  let names: Datagrams | null = null;
  const close = (): void => {
    for (const server of servers) server.close();
    names?.close();
    holder.stdin?.end();
  };
  const opener = spawn(command, [...args, process.execPath, '-e', OPENER, ...ports.map(String)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {},
    timeout: OPEN_MS_MAX,
  });
  const said = textOf(opener);
  opener.on('message', (_, handle) => {
    if (handle instanceof Server) servers.push(handle);
    else if (handle instanceof Datagrams) names = handle;
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  opener.once('error', (error) => {
    said.text = error.message;
    resolve();
  });
  opener.once('close', () => resolve());
  await promise;
  if (names === null || servers.length !== ports.length) {
    close();
    return fail('sockets', said.text);
  }
  return { enter, servers, names, close };
};
