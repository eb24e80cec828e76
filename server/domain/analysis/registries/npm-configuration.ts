import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** npm's settings in the names that pacote takes. Holds credentials: never logged. */
export type NpmConfiguration = Record<string, string | boolean>;

const SETTINGS: Record<string, string> = {
  registry: 'registry',
  proxy: 'proxy',
  'https-proxy': 'httpsProxy',
  noproxy: 'noProxy',
  cache: 'cache',
  ca: 'ca',
};

type Options = { env: Record<string, string | undefined>; cwd: string; home?: string };

function parseNpmrc(text: string, env: Options['env']): [string, string][] {
  return text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const match = /^\s*([^#;\s=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match?.[1]) return [];
    const unquoted = (match[2] ?? '').replace(/^"(.*)"$/, '$1');
    // npm expands ${NAME} and leaves an unknown one as it is
    return [[match[1], unquoted.replace(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole)]];
  });
}

async function readNpmrc(path: string, env: Options['env']): Promise<[string, string][]> {
  try {
    return parseNpmrc(await readFile(path, 'utf8'), env);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) return [];
    throw error;
  }
}

/**
 * The registries, their credentials and the proxies that npm itself would use here: npmrc of the installation, the user
 * and the project, then `npm_config_*`, later ones winning.
 */
export async function readNpmConfiguration(options: Options): Promise<NpmConfiguration> {
  const { env, cwd, home = homedir() } = options;
  const prefix = env['npm_config_prefix'] ?? env['PREFIX'] ?? dirname(dirname(process.execPath));
  const layers = await Promise.all([
    readNpmrc(env['npm_config_globalconfig'] ?? join(prefix, 'etc', 'npmrc'), env),
    readNpmrc(env['npm_config_userconfig'] ?? join(home, '.npmrc'), env),
    readNpmrc(join(cwd, '.npmrc'), env),
  ]);
  const variables = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1];
    return key && value
      ? [[key.startsWith('/') || key.startsWith('@') ? key : key.toLowerCase().replaceAll('_', '-'), value]]
      : [];
  });

  const configuration: NpmConfiguration = {};
  for (const [key, value] of [...layers.flat(), ...variables]) {
    if (key.startsWith('//') || key.endsWith(':registry')) configuration[key] = value;
    else if (key === 'strict-ssl') configuration['strictSSL'] = value !== 'false';
    else if (SETTINGS[key] && value !== 'null')
      configuration[SETTINGS[key]] = key === 'cache' ? join(value, '_cacache') : value;
  }
  return configuration;
}
