import { join, resolve } from 'node:path';
import { defaultDataDir } from '../process/installation.ts';
import { CliFailure, usage } from './failure.ts';
import { findLogin, findLogins, type Login, loginPath } from './login-file.ts';
import type { Shell } from './shell.ts';

export type ServerAddress = { url: string; token: string | null };

type Surroundings = { server: string | null; env: NodeJS.ProcessEnv; cwd: string } & Pick<Shell, 'installation'>;

/** An origin, perhaps with a path, without a slash at its end. */
export function normalizeServerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw usage(`“${text}” is not the address of a server.`, 'It should look like http://localhost:3000.');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Data folders of servers on this computer: the one that is named, else the one here, else the default one. */
const dataFolders = ({ env, cwd, installation }: Omit<Surroundings, 'server'>): string[] =>
  env['CATWALK_DATA_DIR']
    ? [resolve(cwd, env['CATWALK_DATA_DIR'])]
    : [...new Set([resolve(cwd, '.catwalk'), defaultDataDir(env, installation)])];

/** A folder that came from elsewhere may hold such a file too: it must not lead variables and tokens away. */
export async function findLocalServer(surroundings: Omit<Surroundings, 'server'>): Promise<Login | null> {
  for (const folder of dataFolders(surroundings)) {
    const path = join(folder, 'cli.json');
    const login = await findLogin(path);
    if (login && !isLoopback(login.url)) {
      throw new CliFailure('SERVER_NOT_FOUND', `The file ${path} names a server elsewhere: ${login.url}`, {
        hint: 'No server on this computer wrote it. Remove it, or give --server if you trust that address.',
      });
    }
    if (login) return login;
  }
  return null;
}

/**
 * The server to speak to: `--server`, else CATWALK_SERVER, else one on this computer, else the one that `catwalk login`
 * keeps. A token that is kept goes only to the address it is kept with.
 */
export async function findServer(surroundings: Surroundings): Promise<ServerAddress> {
  const { env } = surroundings;
  const named = surroundings.server ?? env['CATWALK_SERVER'];
  const token = env['CATWALK_TOKEN'] || null;
  const kept = async (): Promise<Login[]> => {
    const local = await findLocalServer(surroundings);
    const found = [...(local ? [local] : []), ...(await findLogins(loginPath(env)))];
    return found.map((login) => ({ ...login, url: normalizeServerUrl(login.url) }));
  };
  if (named) {
    const url = normalizeServerUrl(named);
    return { url, token: token ?? (await kept()).find((login) => sameServer(login.url, url))?.token ?? null };
  }
  const [first] = await kept();
  if (first) return { url: first.url, token: token ?? first.token };
  throw new CliFailure('SERVER_NOT_FOUND', 'No Catwalk server is known here.', {
    hint: `Start it with ${surroundings.installation.isCheckout ? 'npm start' : 'catwalk start'}, or give --server URL. For a server elsewhere run \`catwalk login\` first.`,
  });
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const isLoopback = (url: string): boolean => LOOPBACK.has(new URL(url).hostname);

/** The names of this computer mean the same server; any other difference is another one. */
export function sameServer(left: string, right: string): boolean {
  const [a, b] = [new URL(left), new URL(right)];
  const host = (url: URL) => (LOOPBACK.has(url.hostname) ? 'loopback' : url.hostname);
  return a.protocol === b.protocol && a.port === b.port && a.pathname === b.pathname && host(a) === host(b);
}
