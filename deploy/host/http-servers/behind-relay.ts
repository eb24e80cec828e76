import type { HttpServing } from '../contract.ts';
import type { Program } from '../install/install.ts';

/** Node's young generation stays small: a relay passes messages on, and keeps none. */
const NODE_FLAGS = ['--max-semi-space-size=1'];

/**
 * Starts the program behind a relay, which speaks stdio to the host and HTTP to the server. The relay is a process
 * beside the server, and not a part of the host, so that both are inside the same walls: a server in a network
 * namespace of its own can be reached from there alone.
 */
export const behindRelay = (program: Program, serving: HttpServing, relay: readonly string[]): Program => ({
  ...program,
  launchIn: (folder) => {
    const { command, args, commandFolders } = program.launchIn(folder);
    return {
      command: process.execPath,
      args: [...NODE_FLAGS, ...relay, JSON.stringify(serving), command, ...args],
      commandFolders,
    };
  },
});
