import { dirname, isAbsolute, join, relative } from 'node:path';
import type { ImageRelay } from '../images/image-command.ts';
import type { Program } from '../install/program.ts';
import type { HttpServing } from '../package-spec.ts';

/** Node's young generation stays small: a relay passes messages on, and keeps none. */
const NODE_FLAGS = ['--max-semi-space-size=1'];

/** A box shows them to the server: a bundle is one file, and a source is read with those around it. */
const filesOf = (path: string): string[] => (path.endsWith('.ts') ? [dirname(path), dirname(dirname(path))] : [path]);

const relayFor = (serving: HttpServing, [program = '', ...words]: readonly string[]): ImageRelay => {
  const files = program.endsWith('.ts') ? dirname(dirname(program)) : program;
  return {
    serving,
    files,
    argsAt: (place) => [...NODE_FLAGS, join(place, relative(files, program)), ...words, JSON.stringify(serving)],
  };
};

/**
 * Starts the program behind a relay, which speaks stdio to the host and HTTP to the server. The relay is a process
 * beside the server, and not a part of the host, so that both are inside the same walls: a server in a network
 * namespace of its own can be reached from there alone.
 */
export const behindRelay = (program: Program, serving: HttpServing, relay: readonly string[]): Program => ({
  ...program,
  ...(program.image === undefined ? {} : { image: { ...program.image, relay: relayFor(serving, relay) } }),
  launchIn: (folder) => {
    const { command, args, commandFolders, needs } = program.launchIn(folder);
    return {
      command: process.execPath,
      args: [...NODE_FLAGS, ...relay, JSON.stringify(serving), command, ...args],
      commandFolders,
      needs: [...needs, ...relay.filter(isAbsolute).flatMap(filesOf)],
    };
  },
});
