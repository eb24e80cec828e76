import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { installEnvironment } from '../child/environment.ts';

/**
 * Installers run programs of strangers: in a box they get the addresses of registries and proxies, and none of the keys.
 */
const SECRET_NAME = /auth|token|password|passwd|username|secret|_key$/i;
/** `key = value`, with a key that holds a secret, or the settings of one registry (`//host/:_authToken=…`). */
const SECRET_LINE = /^\s*(\/\/|[^=]*(auth|token|password|username|secret|keyfile|certfile)[^=]*=|(key|cert)\s*=)/i;
/** Files that these variables name are shown to installers. */
const FILE_VARIABLES = /^(node_extra_ca_certs|ssl_cert_(file|dir)|npm_config_(cafile|userconfig)|pip_cert)$/i;

/** An address without the name and password in it. */
const withoutUser = (value: string): string => value.replace(/(\w:\/\/)[^\s/@]+@/g, '$1');

/** Reads the user's settings of npm and leaves out keys, names and passwords. */
const publicLines = (file: string): string[] => {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => !SECRET_LINE.test(line))
      .map(withoutUser);
  } catch {
    return []; // there are none
  }
};

/** The environment of installers in a box. Their caches are below `temporary`, and go with it. */
export const boxedInstallEnvironment = (
  temporary: string,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> => {
  const given = Object.entries(installEnvironment(null, env)).filter(([name]) => !SECRET_NAME.test(name));
  const own = env['npm_config_userconfig'] ?? join(env['HOME'] ?? homedir(), '.npmrc');
  const userconfig = join(temporary, 'npmrc');
  writeFileSync(userconfig, publicLines(own).join('\n'), { mode: 0o644 });
  const caches = /^(npm_config_(cache|userconfig|prefix|globalconfig)|pip_cache_dir|uv_cache_dir)$/i;
  const [pythons] = uvPythons(env);
  return {
    ...Object.fromEntries(
      given.filter(([name]) => !caches.test(name)).map(([name, value]) => [name, withoutUser(value)]),
    ),
    TMPDIR: temporary,
    npm_config_cache: join(temporary, 'npm'),
    npm_config_userconfig: userconfig,
    PIP_CACHE_DIR: join(temporary, 'pip'),
    UV_CACHE_DIR: join(temporary, 'uv'),
    ...(pythons === undefined ? {} : { UV_PYTHON_INSTALL_DIR: pythons, UV_PYTHON_DOWNLOADS: 'never' }),
  };
};

/** The existing files that variables of an installer name. */
export const settingsFiles = (env: Record<string, string>): string[] =>
  Object.entries(env).flatMap(([name, value]) => (FILE_VARIABLES.test(name) && existsSync(value) ? [value] : []));

/** The folder of the Pythons that uv has installed for the user, if there is one. */
export const uvPythons = (env: NodeJS.ProcessEnv): string[] => {
  const data = env['XDG_DATA_HOME'] ?? join(env['HOME'] ?? homedir(), '.local/share');
  const folder = env['UV_PYTHON_INSTALL_DIR'] ?? join(data, 'uv/python');
  return existsSync(folder) ? [folder] : [];
};
