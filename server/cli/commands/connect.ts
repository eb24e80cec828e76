import { CLIENTS, clientSetup, type EndpointFacts, USUAL_CLIENTS } from '../client-setup.ts';
import { connect as connectTo } from '../connection.ts';
import { usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { CREATE_TOKEN } from '../operations/credentials.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import { supportedClients } from '../supported-clients.ts';

type Options = { token?: string; newToken?: boolean };

/** Prints how to add an endpoint to MCP clients. A token is shown only when it is created: pass it, or create a new one. */
export async function connect(shell: Shell, word: string, client: string | undefined, options: Options): Promise<void> {
  const wanted = client === undefined ? USUAL_CLIENTS : CLIENTS.filter((name) => name === client);
  if (wanted.length === 0) throw usage(`“${client}” is not a known client.`, `Use one of ${CLIENTS.join(', ')}.`);
  const api = await connectTo(shell);
  const { databaseId, name, endpointUrl: url, access, currentRelease, failure } = await findDeployment(api, word);
  const eras = currentRelease?.eras ?? [];
  let token = options.token ?? null;
  if (options.newToken && token === null) {
    const input = { deploymentId: databaseId, name: client ?? 'catwalk connect' };
    token = (await api.ask(CREATE_TOKEN, { input })).token;
  }
  const endpoint: EndpointFacts = { name, url, access, token };
  if (shell.json) {
    printJson(shell, { endpointUrl: url, access, eras, clients: wanted.map((which) => clientSetup(which, endpoint)) });
    return;
  }
  if (failure?.code === 'SIGN_IN_REQUIRED') {
    const { out } = shell.terminal;
    out.line(`${oneLine(failure.message)} Run catwalk authorize ${databaseId} first: until then calls fail.`);
    out.line();
  }
  shell.terminal.out.line(`Clients can connect with ${supportedClients(eras)}.`);
  shell.terminal.out.line();
  printSetups(shell, wanted, endpoint);
}

function printSetups(shell: Shell, clients: readonly string[], endpoint: EndpointFacts): void {
  const { out } = shell.terminal;
  clients.forEach((which, at) => {
    const { title, steps, snippets, limits } = clientSetup(which, endpoint);
    if (at > 0) out.line();
    out.line(out.paint('bold', title));
    out.line(steps);
    for (const { label, code } of snippets) out.line(`\n${snippets.length > 1 ? `${label}:\n` : ''}${code}`);
    if (clients.length > 1 || limits.length === 0) return;
    out.line(out.paint('dim', '\nLimits of this client:'));
    for (const { sign, remedy } of limits) out.line(`- ${sign} ${remedy}`);
  });
  const others = CLIENTS.filter((name) => !clients.includes(name));
  if (clients.length > 1) out.line(`\nNamed alone, also ${others.join(', ')}.`);
  if (endpoint.token !== null || endpoint.access !== 'TOKEN') return;
  out.line();
  out.line('Put your token where YOUR_TOKEN stands. If you do not have it any more, --new-token makes another one.');
}
