import { ask, canAsk } from '../ask.ts';
import { CliFailure, usage } from '../failure.ts';
import { normalizeServerUrl } from '../find-server.ts';
import { createGraphqlClient } from '../graphql-client.ts';
import { loginPath, saveLogin } from '../login-file.ts';
import { WHO_AM_I } from '../operations/viewer.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

const TOKEN_CHARACTERS_MAX = 4_096;

/** Keeps the address of a server and an API token for it, once the server has accepted the token. */
export async function login(shell: Shell, options: { token?: string }): Promise<void> {
  const given = shell.server ?? shell.env['CATWALK_SERVER'];
  if (!given && !canAsk(shell)) throw usage('Which server?', 'Give its address with --server URL.');
  const url = normalizeServerUrl(given ?? (await ask(shell, 'Address of the server: ')));
  const token = options.token ?? shell.env['CATWALK_TOKEN'] ?? (await readToken(shell));
  if (token === '') throw usage('There is no token.', 'Give --token, set CATWALK_TOKEN, or send it to standard input.');
  const viewer = await createGraphqlClient({ url, token }).ask(WHO_AM_I);
  if (!viewer) {
    throw new CliFailure('UNAUTHENTICATED', `The server at ${url} does not know this token.`, {
      hint: 'Create an API token in its settings.',
    });
  }
  const path = loginPath(shell.env);
  await saveLogin(path, { url, token });
  if (shell.json) printJson(shell, { url, name: viewer.name, email: viewer.email });
  else shell.terminal.out.line(`Logged in to ${url} as ${oneLine(viewer.name)}. The token is kept in ${path}.`);
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
