import { CLIENTS } from './client-setup.ts';
import type { CommandLine } from './command-line.ts';
import type { AnalyzeOptions } from './commands/analyze.ts';
import type { AuthorizeOptions } from './commands/authorize.ts';
import type { BundlesOptions } from './commands/bundles.ts';
import type { CallsOptions } from './commands/calls.ts';
import type { ChangesOptions } from './commands/changes.ts';
import type { ClientsOptions } from './commands/clients.ts';
import type { DataOptions } from './commands/data.ts';
import type { EgressOptions } from './commands/egress.ts';
import type { LoginOptions } from './commands/login.ts';
import type { MembersOptions } from './commands/members.ts';
import type { SearchOptions } from './commands/search.ts';
import type { StartServerOptions } from './commands/start-server.ts';
import type { ViewsOptions } from './commands/views.ts';
import type { DeployOptions } from './deploy-input.ts';
import { collect, ISOLATIONS, isolation, MEMORY_MB_MAX, TOKEN_DAYS_MAX, whole } from './option-values.ts';

const SLEEP_MINUTES_MAX = 10_080;
const LOG_LINES_MAX = 5_000;
const CALLS_MAX = 1_000;
const SEARCH_MAX = 100;

export function addSourceCommands({ command, run, rest }: CommandLine): void {
  command('search <words...>', 'search the MCP registry')
    .option('--limit <count>', 'number of results', whole('--limit', SEARCH_MAX, 1), 20)
    .option('--deployable', 'only deployable servers')
    .action(
      run(async (shell, words: string[], options: SearchOptions) =>
        (await import('./commands/search.ts')).search(shell, words, options),
      ),
    );

  command('analyze <source>', 'analyze a source: its servers, arguments and credentials')
    .option('--refresh', 'ignore cached results')
    .option('--run', 'start it without credentials, to learn what it needs and which tools it has')
    .option('--candidate <key>', 'the server to start, if the source has several')
    .option('--accept-unverified', 'start it although the publisher is not verified')
    .action(
      run(async (shell, source: string, options: AnalyzeOptions) =>
        (await import('./commands/analyze.ts')).analyze(shell, source, options),
      ),
    );

  command('deploy <source>', 'deploy a server and wait until its endpoint works')
    .usage('<source> [options] [-- ARGS…]')
    .option('--env <NAME=VALUE>', 'a variable; NAME alone takes its value from this environment (repeatable)', collect)
    .option('--arg <NAME=VALUE>', 'an argument (repeatable)', collect)
    .option('--name <name>', 'name of the deployment')
    .option('--candidate <key>', 'a server to deploy, if the source has several (repeatable)', collect)
    .option('--all', 'deploy every server that the source has')
    .option('--public', 'allow calls without a token')
    .option('--personal <names...>', 'credentials of which each caller has an own value; --env gives yours')
    .option('--accept-unverified', 'deploy although the publisher is not verified')
    .option('--version <version>', 'version to deploy (default: the newest)')
    .option('--memory <MB>', 'memory of the machine', whole('--memory', MEMORY_MB_MAX, 1))
    .option('--processor <name>', 'processor of the machine, such as shared-cpu-2x (default: by the package)')
    .option('--region <code>', 'region of the machine')
    .option('--sleep <minutes>', 'sleep after this many idle minutes', whole('--sleep', SLEEP_MINUTES_MAX, 1))
    .option('--egress <policy>', 'what it reaches over the network: machine, public, listed or none')
    .option('--allow <host>', 'a host that is listed, as catwalk egress takes it (repeatable)', collect)
    .option('--refresh', 'ignore cached results')
    .action(
      run(
        async (shell, source: string, options: DeployOptions) =>
          (await import('./commands/deploy.ts')).deploy(shell, source, options, rest),
        { takesRest: true },
      ),
    );
}

const ID = '<id> is an id, the beginning of an id, a short name or a name.';

export function addDeploymentCommands({ command, run }: CommandLine): void {
  const intents = () => import('./commands/intents.ts');

  command('ls', 'list your deployments').action(run(async (shell) => (await import('./commands/ls.ts')).ls(shell)));
  command('show <id>', `show a deployment; ${ID}`).action(
    run(async (shell, id: string) => (await import('./commands/show.ts')).show(shell, id)),
  );
  command(
    'doctor [id]',
    'check each step that a client takes to connect; without an id, check the installation',
  ).action(
    run(async (shell, id: string | undefined) => {
      const { doctor, doctorOfInstallation } = await import('./commands/doctor.ts');
      await (id === undefined ? doctorOfInstallation(shell) : doctor(shell, id));
    }),
  );
  command('logs <id>', 'print the last lines of the log')
    .option('-f, --follow', 'print new lines as they are written')
    .option('--tail <lines>', 'number of past lines', whole('--tail', LOG_LINES_MAX), 200)
    .action(
      run(async (shell, id: string, options: { follow?: boolean; tail: number }) =>
        (await import('./commands/logs.ts')).logs(shell, id, options),
      ),
    );
  command('calls <id>', 'print the newest calls of clients')
    .option('-f, --follow', 'print new calls as they are recorded')
    .option('--limit <calls>', 'number of past calls', whole('--limit', CALLS_MAX), 50)
    .option('--errors', 'print only calls that did not end well')
    .option('--tool <name>', 'print only calls of this tool, prompt or resource')
    .option('--client <name>', 'print only calls of this client program')
    .option('--slower <ms>', 'print only calls that took at least so many milliseconds', whole('--slower', 86_400_000))
    .option('--bodies', 'print recorded arguments and results of past calls')
    .option('--record <on|off>', 'record arguments and results from now on, or no longer')
    .action(
      run(async (shell, id: string, options: CallsOptions) =>
        (await import('./commands/calls.ts')).calls(shell, id, options),
      ),
    );
  command('start [id]', 'start a deployment; without an id, start the server')
    .option('--open', 'open the dashboard in a browser when the server is ready')
    .option('--port <port>', 'port of the server; 0 for any free port', whole('--port', 65_535))
    .option('--data <folder>', 'data folder of the server')
    .action(
      run(async (shell, id: string | undefined, options: StartServerOptions) =>
        id === undefined
          ? (await import('./commands/start-server.ts')).startServer(shell, options)
          : (await intents()).startDeployment(shell, id),
      ),
    );
  command('stop <id>', 'stop a deployment').action(run(async (shell, id: string) => (await intents()).stop(shell, id)));
  command('restart <id>', 'restart the machine of a deployment')
    .option('-y, --yes', 'skip the confirmation')
    .action(
      run(async (shell, id: string, options: { yes?: boolean }) => (await intents()).restart(shell, id, options)),
    );
  command('sleep <id> [minutes]', 'set the idle minutes before a deployment goes to sleep; “off” for never')
    .option('--streams <park|hold>', 'park: sleep while clients only listen; hold: an open stream keeps it awake')
    .action(
      run(async (shell, id: string, minutes: string | undefined, options: { streams?: string }) =>
        (await import('./commands/sleep.ts')).sleep(shell, id, minutes, options),
      ),
    );
  command('redeploy <id>', 'deploy a new release of the newest version')
    .option('--version <version>', 'another version; for git a branch, tag or commit')
    .option('-y, --yes', 'skip the confirmation')
    .action(
      run(async (shell, id: string, options: { version?: string; yes?: boolean }) =>
        (await intents()).redeploy(shell, id, options),
      ),
    );
  command('rollback <id> [release]', 'return to an older release: the previous one, or a release number')
    .option('-y, --yes', 'skip the confirmation')
    .action(
      run(async (shell, id: string, release: string | undefined, options: { yes?: boolean }) =>
        (await intents()).rollback(shell, id, release, options),
      ),
    );
  command('rm <id>', 'delete a deployment')
    .option('-y, --yes', 'skip the confirmation')
    .action(run(async (shell, id: string, options: { yes?: boolean }) => (await intents()).rm(shell, id, options)));
  command('data <id>', 'print how much a deployment keeps over restarts, download, delete or copy it')
    .option('--clear', 'delete all files that a stopped deployment keeps')
    .option('--download [file]', 'save all files of a stopped deployment in an archive (.tar.gz)')
    .option('--copy-from <id>', 'replace them by a copy of the files of another stopped deployment')
    .option('-y, --yes', 'skip the confirmation')
    .action(
      run(async (shell, id: string, options: DataOptions) =>
        (await import('./commands/data.ts')).data(shell, id, options),
      ),
    );
  command('egress <id>', 'print or limit what a server reaches over the network, and print what was denied')
    .option('--policy <policy>', 'machine (all that its machine reaches), public, listed or none')
    .option('--allow <host...>', 'list hosts, such as api.example.com, *.example.com or localhost:5432')
    .option('--remove <host...>', 'take hosts off the list')
    .action(
      run(async (shell, id: string, options: EgressOptions) =>
        (await import('./commands/egress.ts')).egress(shell, id, options),
      ),
    );
  command('changes <id>', 'print how the tools of a server differ from what you agreed to, or choose what happens then')
    .option('--policy <policy>', 'notify, hold (clients see what you agreed to) or allow')
    .action(
      run(async (shell, id: string, options: ChangesOptions) =>
        (await import('./commands/changes.ts')).changes(shell, id, options),
      ),
    );
  command('approve <id>', 'approve the changed tools of a server')
    .option('-y, --yes', 'skip the confirmation')
    .action(
      run(async (shell, id: string, options: { yes?: boolean }) =>
        (await import('./commands/changes.ts')).approve(shell, id, options),
      ),
    );
  command('views <id>', 'list, save or delete the views of a deployment: parts of its server at addresses of their own')
    .option('--save <name>', 'make a view, or replace its rules')
    .option('--rules <file>', 'rules of the view, a JSON file')
    .option('--allow <pattern...>', 'show only these tools; * stands for any text')
    .option('--deny <pattern...>', 'hide these tools')
    .option('--rename <tool=name...>', 'show a tool under another name')
    .option('--delete <name>', 'delete a view, with the tokens that are bound to it')
    .option('--new-token <name>', 'create a token that is bound to a view, and print it')
    .action(
      run(async (shell, id: string, options: ViewsOptions) =>
        (await import('./commands/views.ts')).views(shell, id, options),
      ),
    );
  command('bundles [id]', 'list bundles, make one of several deployments, or change its servers')
    .option('--create <name>', 'make a bundle, and print its first token')
    .option('--add <server...>', 'servers: [prefix=]<id>[/v/<view>]')
    .option('--remove <prefix...>', 'take servers out of the bundle')
    .option('--slug <word>', 'short name in place of the id in its address; an empty text for one of its name')
    .option('--public', 'with --create: allow calls without a token')
    .action(
      run(async (shell, id: string | undefined, options: BundlesOptions) =>
        (await import('./commands/bundles.ts')).bundles(shell, id, options),
      ),
    );
  command('advisories <id>', 'print known advisories about the packages of a server').action(
    run(async (shell, id: string) => (await import('./commands/advisories.ts')).advisories(shell, id)),
  );
  command('clients <id>', 'list, create or revoke the OAuth clients of programs that work without a person')
    .option('--create <name>', 'create a client and print its secret, once')
    .option('--public-key <file>', 'the client signs with this key (PEM, a JWK or a JWK set) and has no secret')
    .option('--identity-assertions', 'the client acts for users whom a trusted identity provider names')
    .option('--days <days>', 'the client ends after so many days', whole('--days', TOKEN_DAYS_MAX, 1))
    .option('--view <name>', 'the client may call this view alone')
    .option('--revoke <client>', 'end a client and its tokens, by client_id or name')
    .action(
      run(async (shell, id: string, options: ClientsOptions) =>
        (await import('./commands/clients.ts')).clients(shell, id, options),
      ),
    );
  command('authorize <id>', 'sign in at the server that a deployment relays to')
    .option('--client-id <id>', 'id of a client that you registered there')
    .option('--client-secret <secret>', 'secret of that client')
    .option('--end', 'forget the tokens of the sign-in')
    .action(
      run(async (shell, id: string, options: AuthorizeOptions) =>
        (await import('./commands/authorize.ts')).authorize(shell, id, options),
      ),
    );
  command('members', 'list, lock or unlock the members of the installation; for the administrator')
    .option('--lock <email>', 'sign a member out, refuse their tokens and stop their deployments')
    .option('--unlock <email>', 'let a locked member sign in again')
    .action(
      run(async (shell, options: MembersOptions) => (await import('./commands/members.ts')).members(shell, options)),
    );
  command('connect <id> [client]', `print how to add the endpoint to an MCP client: ${CLIENTS.join(', ')}`)
    .option('--token <token>', 'token to print in the settings')
    .option('--new-token', 'create a new token and print it in the settings')
    .action(
      run(async (shell, id: string, client: string | undefined, options: { token?: string; newToken?: boolean }) =>
        (await import('./commands/connect.ts')).connect(shell, id, client, options),
      ),
    );
}

type HostOptions = Parameters<typeof import('./commands/host.ts').host>[1];

export function addLocalCommands({ command, run, rest }: CommandLine): void {
  command('login', 'print a sign-in link for this computer, or store a token for another server')
    .option('--with-token', 'read an API token from standard input instead of using a browser')
    .option('--token <token>', 'an API token; other users of this computer may see it')
    .option('--read-only', 'request a read-only token')
    .action(run(async (shell, options: LoginOptions) => (await import('./commands/login.ts')).login(shell, options)));

  command('update', 'say whether a newer version of Catwalk is published').action(
    run(async (shell) => (await import('./commands/update.ts')).update(shell)),
  );

  command('host', 'serve any stdio command as Streamable HTTP, without a Catwalk server')
    .usage('[options] -- COMMAND ARGS…')
    .option('--port <port>', 'port to listen on; 0 for any free port', whole('--port', 65_535), 8080)
    .option('--listen <address>', 'address to listen on; other than loopback requires --token', '127.0.0.1')
    .option('--token <token>', 'token that callers send in the header Catwalk-Host-Token')
    .option('--env <NAME[=VALUE]>', 'a variable for the command, which receives no others (repeatable)', collect)
    .option(`--isolation <mode>`, `sessions that share a process: ${ISOLATIONS.join(', ')}`, isolation, 'PER_SESSION')
    .action(
      run(async (shell, options: HostOptions) => (await import('./commands/host.ts')).host(shell, options, rest), {
        takesRest: true,
      }),
    );
}
