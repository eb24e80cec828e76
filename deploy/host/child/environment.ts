import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { HostConfig } from '../contract.ts';

/** The user that children and install scripts run as, where that is not the host's own (the machine image). */
export type ChildUser = { uid: number; gid: number };

/** Variables through which npm, pip, git and compilers find their registries on this computer. */
const SETUP_VARIABLE =
  /^(npm_config_|pip_|uv_|go(proxy|noproxy|private|sumdb|nosumdb)$|cargo_registries_\w+_index$|(https?|no|all)_proxy$|node_extra_ca_certs$|ssl_cert_)/i;

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The Node that runs the host comes before others of the system, so that `node` means the same everywhere. */
export const childPath = (env: NodeJS.ProcessEnv = process.env): string =>
  [dirname(process.execPath), env['PATH'] ?? SYSTEM_PATH].join(delimiter);

/** For installers: the computer's own configuration, none of the user's variables. `home` null: chosen per installation. */
export const installEnvironment = (
  home: string | null,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> => {
  const setup = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && SETUP_VARIABLE.test(entry[0]),
  );
  return { ...Object.fromEntries(setup), PATH: childPath(env), ...(home === null ? {} : { HOME: home }) };
};

const safeFileName = (name: string): string => name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_') || 'file';

/** A child's folders. HOME and TMPDIR exist when its environment is prepared. */
export type ChildFolders = {
  home: string;
  temporary: string;
  /** Takes FILE credentials. */
  credentials: string;
  /** Commands that the package and its dependencies bring: they come first on PATH, as under npx and uvx. */
  commands: readonly string[];
};

/**
 * The environment of a server: PATH, HOME, TMPDIR and the user's variables; nothing of the host's environment. Writes
 * FILE credentials into their folder.
 */
export const prepareChildEnvironment = (
  config: Pick<HostConfig, 'env' | 'files'>,
  { home, temporary, credentials: filesDir, commands }: ChildFolders,
  user: ChildUser | null,
): Record<string, string> => {
  if (config.files?.length) {
    rmSync(filesDir, { recursive: true, force: true }); // an installation may have left a link of this name
    mkdirSync(filesDir, { recursive: true, mode: 0o700 });
    chmodSync(filesDir, 0o700);
    if (user) chownSync(filesDir, user.uid, user.gid);
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
    PATH: [...commands, childPath()].join(delimiter),
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    ...config.env,
    ...fileVariables,
  };
};
