import type { CommandLine } from './command-line.ts';
import type { ApplyOptions } from './commands/apply.ts';
import type { CallOptions } from './commands/call.ts';
import type { ConfigureOptions } from './commands/configure.ts';
import type { CredentialsOptions } from './commands/credentials.ts';
import type { ShareOptions } from './commands/share.ts';
import type { TeamsOptions } from './commands/teams.ts';
import type { TokenOptions } from './commands/token.ts';
import { collect, ISOLATIONS, isolation, MEMORY_MB_MAX, TOKEN_DAYS_MAX, whole } from './option-values.ts';

const CALL_SECONDS_MAX = 3_600;

/** Commands for the settings, credentials, tokens and people of a deployment, and for its tools. */
export function addManageCommands({ command, run, rest }: CommandLine): void {
  command('configure <id>', 'change settings of a deployment; words after -- replace its further arguments')
    .usage('<id> [options] [-- ARGS…]')
    .option('--name <name>', 'name of the deployment')
    .option('--slug <word>', 'short name in its address; the replaced one works for 30 days')
    .option('--arg <NAME=VALUE>', 'an argument; those that are not named stay (repeatable)', collect)
    .option('--unset-arg <NAME>', 'remove an argument (repeatable)', collect)
    .option('--access <token|oauth|public>', 'who may call the endpoint')
    .option(`--isolation <mode>`, `sessions that share a process: ${ISOLATIONS.join(', ')}`, isolation)
    .option('--region <code>', 'region of the machine')
    .option('--memory <MB>', 'memory of the machine', whole('--memory', MEMORY_MB_MAX, 1))
    .option('--processor <name>', 'processor of the machine, such as shared-cpu-2x')
    .option('--personal <names...>', 'credentials of which each person enters an own value')
    .option('--shared <names...>', 'credentials with one value for everyone again')
    .option('--env <NAME=VALUE>', 'with --personal your own value, with --shared the one for everyone', collect)
    .option('-y, --yes', 'go on although other people lose their apps or keys')
    .action(
      run(
        async (shell, id: string, options: ConfigureOptions) =>
          (await import('./commands/configure.ts')).configure(shell, id, options, rest),
        { takesRest: true },
      ),
    );
  command('credentials <action> <id> [names...]', 'ls: list credentials; set: NAME=VALUE or NAME; rm: NAME')
    .option('--personal', 'your own values, with which your calls are made')
    .action(
      run(async (shell, action: string, id: string, names: string[], options: CredentialsOptions) =>
        (await import('./commands/credentials.ts')).credentials(shell, action, id, names, options),
      ),
    );
  command('token <action> <id> [name]', 'create: make an access token and print it, once; ls: list; rm: revoke')
    .option('--days <days>', 'the token ends after so many days', whole('--days', TOKEN_DAYS_MAX, 1))
    .option('--env <NAME=VALUE>', 'a value for a personal credential, which the token carries (repeatable)', collect)
    .action(
      run(async (shell, action: string, id: string, name: string | undefined, options: TokenOptions) =>
        (await import('./commands/token.ts')).token(shell, action, id, name, options),
      ),
    );
  command('export [id]', 'print deployments, views and bundles as a file for apply, without secrets')
    .option('--all', 'everything that is yours')
    .action(
      run(async (shell, id: string | undefined, options: { all?: boolean }) =>
        (await import('./commands/export.ts')).exportDeployments(shell, id, options),
      ),
    );
  command('apply', 'make deployments, views and bundles as a file describes them, after it has shown what differs')
    .option('-f, --file <file>', 'the file', 'catwalk.yaml')
    .option('--plan', 'print what differs, and change nothing')
    .option('--prune', 'delete what an earlier apply made and the file no longer names, and what it lists as absent')
    .option('-y, --yes', 'carry out the plan without a question')
    .action(run(async (shell, options: ApplyOptions) => (await import('./commands/apply.ts')).apply(shell, options)));
  command('call <id> <tool>', 'call a tool and print its result')
    .option('--arg <NAME=VALUE>', 'an argument of the tool (repeatable)', collect)
    .option('--input <json>', 'all arguments as an object of JSON; --arg adds to it')
    .option('--timeout <seconds>', 'seconds to wait for each answer', whole('--timeout', CALL_SECONDS_MAX, 1), 60)
    .action(
      run(async (shell, id: string, tool: string, options: CallOptions) =>
        (await import('./commands/call.ts')).call(shell, id, tool, options),
      ),
    );
  command('share <id> [person]', 'print whom a deployment is shared with, or share it with a person by name or email')
    .option('--team <team>', 'with a team of yours')
    .option('--everyone', 'with everyone who can sign in there, for use')
    .option('--role <use|operate|own>', 'what they may do (default: use)')
    .option('--remove', 'end the share')
    .action(
      run(async (shell, id: string, person: string | undefined, options: ShareOptions) =>
        (await import('./commands/share.ts')).share(shell, id, person, options),
      ),
    );
  command('teams [team]', 'list your teams, or create, change or delete one')
    .option('--create', 'create a team with this name')
    .option('--rename <name>', 'give it another name')
    .option('--add <person>', 'add a person by name or email')
    .option('--manager', 'let the added person manage the team')
    .option('--remove <person>', 'remove a member')
    .option('--delete', 'delete the team')
    .action(
      run(async (shell, team: string | undefined, options: TeamsOptions) =>
        (await import('./commands/teams.ts')).teams(shell, team, options),
      ),
    );
}
