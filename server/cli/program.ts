import { Command } from 'commander';
import type { Action, CommandLine } from './command-line.ts';
import { usage } from './failure.ts';
import { addManageCommands } from './manage-commands.ts';
import { addDeploymentCommands, addLocalCommands, addSourceCommands } from './program-commands.ts';
import type { Shell } from './shell.ts';

/** Makes the shell of a command from its options. */
export type MakeShell = (options: { json?: boolean; server?: string }) => Shell;

/**
 * Every command with its arguments and options. The code of a command is loaded when it is called, so that the host starts
 * fast and works without the dependencies of the others. `rest` is null if there was no `--`.
 */
export function createProgram(makeShell: MakeShell, version: string, rest: string[] | null): Command {
  const program = new Command('catwalk')
    .description('Paste where an MCP server lives; get a remote MCP endpoint that works.')
    .usage('<command> [options]')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureOutput({ outputError: () => {} }) // the caller reports the error
    .exitOverride()
    .enablePositionalOptions(); // options of a command may have the names of the program's own

  const line: CommandLine = {
    rest: rest ?? [],
    command: (signature, description) =>
      program
        .command(signature)
        .description(description)
        .helpOption('-h, --help', 'print this help')
        .option('--json', 'print JSON for programs, and nothing else on stdout')
        .option(
          '--server <url>',
          'the server to use (default: the one on this computer, else that of `catwalk login`)',
        ),
    run:
      <Words extends unknown[]>(action: Action<Words>, options?: { takesRest: boolean }) =>
      async (...called: unknown[]) => {
        const command = called.at(-1);
        if (!(command instanceof Command)) throw new TypeError('commander passes the command last');
        if (rest && !options?.takesRest) throw usage(`catwalk ${command.name()} takes no words after --.`);
        // commander passes what the signature declares, then the options, as each action types them
        await action(makeShell(command.optsWithGlobals()), ...(called.slice(0, -1) as Words));
      },
  };
  addSourceCommands(line);
  addDeploymentCommands(line);
  addManageCommands(line);
  addLocalCommands(line);
  return program;
}
