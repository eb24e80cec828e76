/** The `catwalk` command, once a Node that runs TypeScript has it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { INSTALLATION } from '../process/installation.ts';
import { splitAtDashes } from './assignments.ts';
import { CliFailure, usage } from './failure.ts';
import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';
import type { Shell } from './shell.ts';
import { createOutput, type Terminal } from './terminal.ts';

const { env } = process;
const { own, rest } = splitAtDashes(process.argv.slice(2));
const terminal: Terminal = {
  out: createOutput(process.stdout, env),
  err: createOutput(process.stderr, env),
  input: process.stdin,
};

/** A reader that has enough, such as `head`, closes the pipe: that is no error of ours. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

const versionOf = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(INSTALLATION.root, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
};

const interrupted = new AbortController();
let listening = false;
const interruption = (): AbortSignal => {
  if (!listening) {
    listening = true;
    const reason = new CliFailure('DETACHED', 'Interrupted.', { exitCode: 130 });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort(reason));
  }
  return interrupted.signal;
};

/** The launcher holds the other end of this channel. If the launcher was killed, no process waits for this one. */
if (process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}

const makeShell = (options: { json?: boolean; server?: string }): Shell => ({
  terminal,
  env,
  cwd: process.cwd(),
  installation: INSTALLATION,
  json: options.json ?? false,
  server: options.server ?? null,
  interruption,
});

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') || text.endsWith('?') ? '' : '.'}`;

/** Commander throws for help and the version too, which are no failures. */
const fromCommander = (error: CommanderError): CliFailure | null => {
  if (error.exitCode === 0) return null;
  if (error.code === 'commander.help') return usage('Which command?', 'The list is above.');
  const command = own.find((word) => !word.startsWith('-')) ?? '';
  const known = error.code === 'commander.unknownCommand' ? '' : `${command} `;
  return usage(sentence(error.message.replace(/^error: /, '')), `See: catwalk ${known}--help`);
};

try {
  await createProgram(makeShell, versionOf(), rest).parseAsync(own, { from: 'user' });
} catch (error) {
  const failure = error instanceof CommanderError ? fromCommander(error) : error;
  if (failure !== null) {
    process.exitCode = reportFailure({ terminal, json: own.includes('--json') }, failure);
    if (env['CATWALK_DEBUG'] && failure instanceof Error) console.error(failure);
  }
}
