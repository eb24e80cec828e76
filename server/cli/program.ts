import { Command } from 'commander';
import { usage } from './failure.ts';
import { addDeploymentCommands, addLocalCommands, addSourceCommands } from './program-commands.ts';
import type { Shell } from './shell.ts';

/** The shell of a command, once its options are read. */
export type MakeShell = (options: { json?: boolean; server?: string }) => Shell;

/** What runs a command: its shell, then its arguments and options as commander gives them. */
type Action<Words extends unknown[]> = (shell: Shell, ...words: Words) => Promise<void>;

export type CommandLine = {
  /** A command with the options that every command has. */
  command(signature: string, description: string): Command;
  /** What stood after `--`, for a command that takes it. */
  rest: readonly string[];
  run<Words extends unknown[]>(
    action: Action<Words>,
    options?: { takesRest: boolean },
  ): (...called: unknown[]) => Promise<void>;
};

/**
 * Every command, its arguments and options. What a command does is loaded when it is called: so the host starts fast,
 * and works without what the others need. `rest` is null when there was no `--`.
 */
export function createProgram(makeShell: MakeShell, version: string, rest: string[] | null): Command {
  const program = new Command('catwalk')
    .description('Paste where an MCP server lives; get a remote MCP endpoint that works.')
    .usage('<command> [options]')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .configureOutput({ outputError: () => {} }) // told by whoever catches it
    .exitOverride()
    .enablePositionalOptions(); // options of a command may have the names of the program's own

  const line: CommandLine = {
    rest: rest ?? [],
    command: (signature, description) =>
      program
        .command(signature)
        .description(description)
        .helpOption('-h, --help', 'print this')
        .option('--json', 'print JSON for programs, and nothing else on stdout')
        .option(
          '--server <url>',
          'the server to speak to (default: the one on this computer, else of `catwalk login`)',
        ),
    run:
      <Words extends unknown[]>(action: Action<Words>, options?: { takesRest: boolean }) =>
      async (...called: unknown[]) => {
        const command = called.at(-1);
        if (!(command instanceof Command)) throw new TypeError('commander passes the command last');
        if (rest && !options?.takesRest) throw usage(`catwalk ${command.name()} takes nothing after --.`);
        // commander passes what the signature declares, then the options, as each action types them
        await action(makeShell(command.optsWithGlobals()), ...(called.slice(0, -1) as Words));
      },
  };
  addSourceCommands(line);
  addDeploymentCommands(line);
  addLocalCommands(line);
  return program;
}
