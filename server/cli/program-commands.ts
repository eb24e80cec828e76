import { parseCount } from './assignments.ts';
import { CLIENTS } from './client-setup.ts';
import type { LoginOptions } from './commands/login.ts';
import type { SearchOptions } from './commands/search.ts';
import type { DeployOptions } from './deploy-input.ts';
import { usage } from './failure.ts';
import type { CommandLine } from './program.ts';

const MEMORY_MB_MAX = 131_072;
const SLEEP_MINUTES_MAX = 10_080;
const LOG_LINES_MAX = 5_000;
const SEARCH_MAX = 100;

const collect = (value: string, before: string[] = []): string[] => [...before, value];
const whole =
  (option: string, max: number, min = 0) =>
  (text: string) =>
    parseCount(option, text, max, min);

export function addSourceCommands({ command, run, rest }: CommandLine): void {
  command('search <words...>', 'find servers that registries list')
    .option('--limit <count>', 'how many to show', whole('--limit', SEARCH_MAX, 1), 20)
    .option('--deployable', 'only those that can be deployed')
    .action(
      run(async (shell, words: string[], options: SearchOptions) =>
        (await import('./commands/search.ts')).search(shell, words, options),
      ),
    );

  command('analyze <source>', 'find out what a source holds and needs')
    .option('--refresh', 'look again instead of reusing a result')
    .action(
      run(async (shell, source: string, options: { refresh?: boolean }) =>
        (await import('./commands/analyze.ts')).analyze(shell, source, options),
      ),
    );

  command('deploy <source>', 'deploy a server and wait until its endpoint answers')
    .usage('<source> [options] [-- ARGS…]')
    .option('--env <NAME=VALUE>', 'a variable; NAME alone takes its value from here (repeatable)', collect)
    .option('--arg <NAME=VALUE>', 'an argument by its name (repeatable)', collect)
    .option('--name <name>', 'what to call it')
    .option('--candidate <key>', 'which server, when the source holds several')
    .option('--public', 'let everybody call it, without a token')
    .option('--accept-unverified', 'deploy although the package does not lead back to its source')
    .option('--version <version>', 'a version other than the newest')
    .option('--memory <MB>', 'memory of its machine', whole('--memory', MEMORY_MB_MAX, 1))
    .option('--region <code>', 'where its machine runs')
    .option('--sleep <minutes>', 'let it sleep after so many idle minutes', whole('--sleep', SLEEP_MINUTES_MAX, 1))
    .option('--refresh', 'analyze again instead of reusing a result')
    .action(
      run(
        async (shell, source: string, options: DeployOptions) =>
          (await import('./commands/deploy.ts')).deploy(shell, source, options, rest),
        { takesRest: true },
      ),
    );
}

const ID = 'Name it by its id, the beginning of its id, or its name.';

export function addDeploymentCommands({ command, run }: CommandLine): void {
  const intents = () => import('./commands/intents.ts');

  command('ls', 'list your deployments').action(run(async (shell) => (await import('./commands/ls.ts')).ls(shell)));
  command('show <id>', `show a deployment. ${ID}`).action(
    run(async (shell, id: string) => (await import('./commands/show.ts')).show(shell, id)),
  );
  command('doctor <id>', 'walk its endpoint as Claude would, and say which step fails').action(
    run(async (shell, id: string) => (await import('./commands/doctor.ts')).doctor(shell, id)),
  );
  command('logs <id>', 'print the last lines of its log')
    .option('-f, --follow', 'go on with each line as it is written')
    .option('--tail <lines>', 'how many lines of the past', whole('--tail', LOG_LINES_MAX), 200)
    .action(
      run(async (shell, id: string, options: { follow?: boolean; tail: number }) =>
        (await import('./commands/logs.ts')).logs(shell, id, options),
      ),
    );
  command('start [id]', 'start a deployment; without an id, start the server').action(
    run(async (shell, id: string | undefined) =>
      id === undefined
        ? (await import('./commands/start-server.ts')).startServer(shell)
        : (await intents()).startDeployment(shell, id),
    ),
  );
  command('stop <id>', 'stop it').action(run(async (shell, id: string) => (await intents()).stop(shell, id)));
  command('restart <id>', 'restart its machine')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (shell, id: string, options: { yes?: boolean }) => (await intents()).restart(shell, id, options)),
    );
  command('redeploy <id>', 'make a new release, of the newest version')
    .option('--version <version>', 'a version other than the newest; of git a branch, tag or commit')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (shell, id: string, options: { version?: string; yes?: boolean }) =>
        (await intents()).redeploy(shell, id, options),
      ),
    );
  command('rollback <id> [release]', 'go back to an older release: the one before, or the one with that number')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (shell, id: string, release: string | undefined, options: { yes?: boolean }) =>
        (await intents()).rollback(shell, id, release, options),
      ),
    );
  command('rm <id>', 'delete it')
    .option('-y, --yes', 'do not ask')
    .action(run(async (shell, id: string, options: { yes?: boolean }) => (await intents()).rm(shell, id, options)));
  command('connect <id> [client]', `print how to add it to an MCP client: ${CLIENTS.join(', ')}`)
    .option('--token <token>', 'the token to put into what is printed')
    .option('--new-token', 'make a new token and put it there')
    .action(
      run(async (shell, id: string, client: string | undefined, options: { token?: string; newToken?: boolean }) =>
        (await import('./commands/connect.ts')).connect(shell, id, client, options),
      ),
    );
}

type HostOptions = Parameters<typeof import('./commands/host.ts').host>[1];

const ISOLATIONS = ['AUTO', 'SHARED', 'PER_SESSION'];

function isolation(text: string): string {
  const mode = text.toUpperCase().replaceAll('-', '_');
  if (ISOLATIONS.includes(mode)) return mode;
  throw usage(`There is no isolation “${text}”.`, `It is one of ${ISOLATIONS.join(', ')}.`);
}

export function addLocalCommands({ command, run, rest }: CommandLine): void {
  command('login', 'a sign-in link for the server on this computer, or a token for one elsewhere')
    .option('--with-token', 'read an API token from standard input, instead of asking in a browser')
    .option('--token <token>', 'the same, given here, where other users of this computer may see it')
    .option('--read-only', 'ask for a token that may read and change nothing')
    .action(run(async (shell, options: LoginOptions) => (await import('./commands/login.ts')).login(shell, options)));

  command('host', 'serve any stdio command as Streamable HTTP, without a server')
    .usage('[options] -- COMMAND ARGS…')
    .option('--port <port>', 'port to listen on; 0 takes any free one', whole('--port', 65_535), 8080)
    .option('--listen <address>', 'address to listen on; other than loopback only with --token', '127.0.0.1')
    .option('--token <token>', 'what callers must send in the header Catwalk-Host-Token')
    .option('--env <NAME[=VALUE]>', 'a variable for the command; it sees no others (repeatable)', collect)
    .option(`--isolation <mode>`, `which sessions share a process: ${ISOLATIONS.join(', ')}`, isolation, 'PER_SESSION')
    .action(
      run(async (shell, options: HostOptions) => (await import('./commands/host.ts')).host(shell, options, rest), {
        takesRest: true,
      }),
    );
}
