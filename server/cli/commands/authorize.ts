import { connect } from '../connection.ts';
import { usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { BEGIN_REMOTE_SIGN_IN, END_REMOTE_SIGN_IN } from '../operations/remote.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type AuthorizeOptions = { clientId?: string; clientSecret?: string; end?: boolean };

/** Prints the address at which the owner of a deployment signs in at the server that it relays to; or ends a sign-in. */
export async function authorize(shell: Shell, word: string, options: AuthorizeOptions): Promise<void> {
  const { clientId, clientSecret, end } = options;
  if (clientSecret !== undefined && clientId === undefined) throw usage('Give --client-id with --client-secret.');
  const client = await connect(shell);
  const { databaseId, name } = await findDeployment(client, word);
  const { out } = shell.terminal;
  if (end) {
    const ended = await client.ask(END_REMOTE_SIGN_IN, { id: databaseId });
    return shell.json ? printJson(shell, ended) : out.line(`${oneLine(name)} is disconnected.`);
  }
  const input = { deploymentId: databaseId, clientId: clientId ?? null, clientSecret: clientSecret ?? null };
  const begun = await client.ask(BEGIN_REMOTE_SIGN_IN, { input });
  if (shell.json) return printJson(shell, begun);
  out.line('Open this address within ten minutes, in a browser that is signed in to Catwalk:');
  out.line();
  out.line(begun.authorizationUrl);
}
