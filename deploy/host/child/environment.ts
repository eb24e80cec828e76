import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { HostConfig } from '../contract.ts';

/** The user that children and install scripts run as, where that is not the host's own (the machine image). */
export type ChildUser = { uid: number; gid: number };

/** What npm, pip and git need of this computer's own set-up to reach their registries. */
const SETUP_VARIABLE = /^(npm_config_|pip_|uv_|(https?|no|all)_proxy$|node_extra_ca_certs$|ssl_cert_)/i;

/** The Node that runs the host comes first, so that `node` means the same everywhere. */
export const childPath = (env: NodeJS.ProcessEnv = process.env): string =>
  [dirname(process.execPath), env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter);

/** For installers: the computer's own configuration, none of the user's variables. */
export const installEnvironment = (home: string, env: NodeJS.ProcessEnv = process.env): Record<string, string> => {
  const setup = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && SETUP_VARIABLE.test(entry[0]),
  );
  return { ...Object.fromEntries(setup), PATH: childPath(env), HOME: home };
};

const safeFileName = (name: string): string => name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_') || 'file';

/**
 * For the server: PATH, HOME, TMPDIR and the user's variables; nothing of the host's environment. Writes FILE
 * credentials into the home.
 */
export const prepareChildEnvironment = (
  config: HostConfig,
  dataDir: string,
  user: ChildUser | null,
): { env: Record<string, string>; home: string } => {
  const home = resolve(dataDir, 'home');
  const temporary = resolve(dataDir, 'tmp');
  const filesDir = join(home, '.credentials');
  for (const folder of [home, temporary, ...(config.files?.length ? [filesDir] : [])]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (user) chownSync(folder, user.uid, user.gid);
  }
  const fileVariables: Record<string, string> = {};
  for (const file of config.files ?? []) {
    const path = join(filesDir, safeFileName(file.name));
    writeFileSync(path, Buffer.from(file.contentBase64, 'base64'), { mode: 0o600 });
    chmodSync(path, 0o600);
    if (user) chownSync(path, user.uid, user.gid);
    fileVariables[file.env] = path;
  }
  return {
    home,
    env: { PATH: childPath(), HOME: home, TMPDIR: temporary, LANG: 'C.UTF-8', ...config.env, ...fileVariables },
  };
};
