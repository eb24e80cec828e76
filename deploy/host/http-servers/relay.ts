import { errorMessage, RPC } from '../bridge/json-rpc.ts';
import { createLineSplitter } from '../child/line-splitter.ts';
import { messageOf } from '../failure.ts';
import type { HttpServing } from '../package-spec.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import { findEndpoint } from './find-endpoint.ts';
import { type Message, readMessage } from './message.ts';
import { startServer } from './server-process.ts';

/** Answers of a server that is not there any more have this exit code. */
const LOST_EXIT_CODE = 70;

/**
 * Runs one server that serves HTTP behind stdio: starts it with a free port, finds out where it listens, and relays
 * each line of stdin to it and each of its messages to stdout. Resolves with the exit code.
 */
export const runRelay = async (serving: HttpServing, command: string, args: string[]): Promise<number> => {
  const server = await startServer(command, args, serving);
  const ended = new AbortController();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<number | null>();
  void server.exited.then(() => ended.abort());

  const log = (text: string) => process.stderr.write(`${text}\n`);
  const events: ConnectionEvents = {
    emit: (line) => process.stdout.write(`${line}\n`, 'latin1'),
    lost: (why) => {
      log(why);
      stop(LOST_EXIT_CODE);
    },
    log,
  };

  const link: { connection: Connection | null } = { connection: null };
  const refuseFirst = (message: Message, why: string) => {
    log(why);
    if (message.id !== null) events.emit(errorMessage(message.id, RPC.SERVER, why));
  };
  const deliver = async (message: Message): Promise<void> => {
    if (link.connection) return link.connection.deliver(message);
    const { signal } = ended;
    const addresses = () => server.addresses();
    link.connection = await findEndpoint({ addresses, paths: serving.paths ?? [], message, events, signal });
    if (link.connection) return;
    const ports = [...new Set(addresses().map(({ port }) => port))].join(', ');
    refuseFirst(message, `The server listens on port ${ports}, and answers MCP at none of the usual paths.`);
  };

  // One after the other, as they came; a call that was sent does not hold up the next one.
  let turn: Promise<void> = Promise.resolve();
  const lines = createLineSplitter({
    onLine: (line) => {
      const message = readMessage(line);
      if (message === null) return;
      turn = turn
        .then(() => deliver(message))
        .catch((error: unknown) => {
          if (!ended.signal.aborted) log(messageOf(error));
        });
    },
  });
  process.stdin.on('data', lines.push);
  process.stdin.on('end', () => stop(0));
  process.stdin.on('error', () => stop(0));
  // The host signals the whole group, the server included.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop(0));

  const why = await Promise.race([stopped, server.exited]);
  if (typeof why === 'object' && why !== null) {
    if (why.signal !== null) log(`The server was ended by ${why.signal}.`);
    return why.code ?? 128;
  }
  await link.connection?.close();
  server.stop();
  await server.exited;
  return why ?? 0;
};
