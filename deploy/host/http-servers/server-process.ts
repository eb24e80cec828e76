import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { HttpServing } from '../package-spec.ts';
import { type Address, listeningAddresses } from './listening-ports.ts';

/** A server that serves HTTP, as a process. What it prints goes to the relay's stderr. */
export type ServerProcess = {
  /** Where it listens now: first at the port that it was given. */
  addresses(): Address[];
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stop(): void;
};

/** Finds a port of the loopback interface that is free at this moment. */
const findFreePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** Replaces the value of the flag, or adds the flag with the value. */
export const withFlag = (args: readonly string[], flag: string, value: string): string[] => {
  const assigned = args.findIndex((word) => word.startsWith(`${flag}=`));
  if (assigned !== -1) return args.with(assigned, `${flag}=${value}`);
  const at = args.indexOf(flag);
  return at === -1 ? [...args, flag, value] : args.toSpliced(at + 1, 1, value);
};

const spawned = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });

/** Starts the server with a free port: in the variables that it reads, in `PORT`, and behind its flag. */
export const startServer = async (command: string, args: string[], serving: HttpServing): Promise<ServerProcess> => {
  const port = String(await findFreePort());
  const variables = ['PORT', ...(serving.portVariables ?? [])].map((name) => [name, port]);
  const hosts = (serving.hostVariables ?? []).map((name) => [name, '127.0.0.1']);
  const child = spawn(command, serving.portFlag === undefined ? args : withFlag(args, serving.portFlag, port), {
    env: { ...process.env, ...Object.fromEntries([...variables, ...hosts]) },
    // The relay's stdout carries messages alone.
    stdio: ['ignore', 2, 2],
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await spawned(child);
  const given: Address = { host: '127.0.0.1', port: Number(port) };
  return {
    addresses: () => {
      const found = listeningAddresses(child.pid ?? 0);
      if (found === null) return [given]; // nothing can be seen here: the port that it was given has to do
      return found.toSorted((a, b) => Number(b.port === given.port) - Number(a.port === given.port));
    },
    exited,
    stop: () => child.kill('SIGTERM'),
  };
};
