import { hostname } from 'node:os';
import { ask, canAsk } from '../ask.ts';
import { deviceLogin } from '../device-login.ts';
import { CliFailure, usage } from '../failure.ts';
import { findLocalServer, normalizeServerUrl, sameServer } from '../find-server.ts';
import { createGraphqlClient } from '../graphql-client.ts';
import { type Login, loginPath, saveLogin } from '../login-file.ts';
import { CREATE_SIGN_IN_LINK, WHO_AM_I } from '../operations/viewer.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

const TOKEN_CHARACTERS_MAX = 4_096;

export type LoginOptions = { token?: string; withToken?: boolean; readOnly?: boolean };

/**
 * For the server on this computer, prints a sign-in link: the command line needs no token there. For a server elsewhere,
 * stores an API token, which a person grants in the browser or passes in.
 */
export async function login(shell: Shell, options: LoginOptions): Promise<void> {
  const given = shell.server ?? shell.env['CATWALK_SERVER'] ?? null;
  const token = options.token ?? shell.env['CATWALK_TOKEN'] ?? (options.withToken ? await readToken(shell) : null);
  if (token === '') throw usage('The token is empty.', 'Send it to standard input, or omit --with-token.');
  const local = await findLocalServer(shell);
  if (local && token === null && (given === null || sameServer(local.url, normalizeServerUrl(given)))) {
    return printLink(shell, local);
  }
  if (given === null && !canAsk(shell)) throw usage('Which server?', 'Pass its address with --server URL.');
  const url = normalizeServerUrl(given ?? (await ask(shell, 'Address of the server: ')));
  await storeLogin(shell, { url, token: token ?? (await requestToken(shell, url, options.readOnly ?? false)) });
}

async function printLink(shell: Shell, local: Login): Promise<void> {
  const { url, expiresAt } = await createGraphqlClient(local).ask(CREATE_SIGN_IN_LINK);
  if (shell.json) return printJson(shell, { url: local.url, signInUrl: url, expiresAt });
  const { out } = shell.terminal;
  out.line('Sign in with this link. It works once, within ten minutes:');
  out.line(`  ${url}`);
}

/** Writes its instructions to standard error: standard output is for the result. */
async function requestToken(shell: Shell, url: string, readOnly: boolean): Promise<string> {
  const { err } = shell.terminal;
  const signal = shell.interruption();
  try {
    return await deviceLogin(url, {
      name: hostname(),
      scope: readOnly ? 'read' : 'write',
      signal,
      onCode: ({ code, url: page }) => {
        err.line(`Open ${err.paint('cyan', page)}`);
        err.line(`and click Allow if the page shows ${err.paint('bold', code)}.`);
        err.line(err.paint('dim', 'Waiting …'));
      },
    });
  } catch (error) {
    if (signal.aborted) throw new CliFailure('DETACHED', 'Canceled. No token was stored.', { exitCode: 130 });
    throw error;
  }
}

async function storeLogin(shell: Shell, { url, token }: Login): Promise<void> {
  const viewer = await createGraphqlClient({ url, token }).ask(WHO_AM_I);
  if (!viewer) {
    throw new CliFailure('UNAUTHENTICATED', `The server at ${url} does not accept this token.`, {
      hint: `Omit the token to authorize this program in a browser: catwalk login --server ${url}`,
    });
  }
  const path = loginPath(shell.env);
  await saveLogin(path, { url, token });
  if (shell.json) printJson(shell, { url, name: viewer.name, email: viewer.email });
  else shell.terminal.out.line(`Logged in to ${url} as ${oneLine(viewer.name)}. The token is stored in ${path}.`);
}

async function readToken(shell: Shell): Promise<string> {
  if (canAsk(shell)) return ask(shell, 'API token: ', { hidden: true });
  if (shell.terminal.input.isTTY) return '';
  let text = '';
  for await (const chunk of shell.terminal.input.setEncoding('utf8')) {
    text += chunk;
    if (text.length > TOKEN_CHARACTERS_MAX) break;
  }
  return text.trim();
}
