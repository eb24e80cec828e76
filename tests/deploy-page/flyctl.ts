import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** Flags of the commands that the page uses, as flyctl has them (superfly/flyctl, internal/command, August 2026). */
const COMMANDS: Record<string, { words: number; flags: readonly string[] }> = {
  'apps create': { words: 1, flags: ['org'] },
  'apps destroy': { words: 1, flags: ['yes'] },
  'apps restart': { words: 1, flags: [] },
  'auth login': { words: 0, flags: [] },
  'auth token': { words: 0, flags: [] },
  'certs add': { words: 1, flags: ['app'] },
  'mpg create': { words: 0, flags: ['org', 'name', 'region', 'plan'] },
  'platform regions': { words: 0, flags: [] },
  releases: { words: 0, flags: ['image', 'app'] },
  'scale count': { words: 1, flags: ['app'] },
  'scale vm': { words: 1, flags: ['memory', 'app'] },
  'secrets set': { words: Number.POSITIVE_INFINITY, flags: ['app', 'stage'] },
  'ssh console': { words: 0, flags: ['app', 'C'] },
  'tokens create org': { words: 0, flags: ['org'] },
  'tokens list': { words: 0, flags: ['org'] },
  deploy: {
    words: 1,
    flags: ['app', 'config', 'dockerfile', 'build-only', 'push', 'image-label', 'image'],
  },
  logs: { words: 0, flags: ['app'] },
};
const SWITCHES = new Set(['stage', 'build-only', 'push', 'yes']);

export type FlyCall = { command: string; words: string[]; flags: Record<string, string> };

/** Reads a command line as flyctl would; throws with flyctl's words for what it would refuse. */
export function parseFly(args: readonly string[]): FlyCall {
  const command = [3, 2, 1].map((count) => args.slice(0, count).join(' ')).find((name) => COMMANDS[name]);
  const known = command === undefined ? undefined : COMMANDS[command];
  if (command === undefined || known === undefined) throw new Error(`unknown command "${args.join(' ')}" for "flyctl"`);
  const words: string[] = [];
  const flags: Record<string, string> = {};
  const rest = args.slice(command.split(' ').length);
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    const [, name = '', , inline] = /^--?([A-Za-z-]+)(=(.*))?$/.exec(word) ?? [];
    if (name === '') {
      words.push(word);
      continue;
    }
    if (!known.flags.includes(name)) throw new Error(`unknown flag: ${word} of "fly ${command}"`);
    const isSwitch = SWITCHES.has(name) || (name === 'image' && command === 'releases');
    if (inline === undefined && !isSwitch) index += 1; // the next word is its value
    flags[name] = inline ?? (isSwitch ? 'true' : (rest[index] ?? ''));
  }
  if (words.length > known.words)
    throw new Error(`"fly ${command}" takes ${known.words} words, not ${words.join(' ')}`);
  return { command, words, flags };
}

export type FlyAnswer = { stdout?: string; code?: number };

/** Puts a `fly` into a folder that hands its command line to this process. */
export async function installFly(folder: string, handle: (call: FlyCall) => Promise<FlyAnswer>) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const args: string[] = JSON.parse(body);
    const answer = await (async () => handle(parseFly(args)))().catch((error: unknown) => ({
      stdout: `Error: ${error instanceof Error ? error.message : String(error)}\n`,
      code: 1,
    }));
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const program = `#!${process.execPath}
const answer = await fetch('http://127.0.0.1:${port}', { method: 'POST', body: JSON.stringify(process.argv.slice(2)) });
const { stdout = '', code = 0 } = await answer.json();
process.stdout.write(stdout);
process.exitCode = code;
`;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(path.join(folder, 'fly'), program);
  await chmod(path.join(folder, 'fly'), 0o755);
  return {
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
