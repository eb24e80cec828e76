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

/**
 * Returns the configuration for people who are not the operator: without credentials, and without the registries of
 * scopes that need them. The credentials of `sharedRegistry`, which the operator named for everyone, stay.
 */
export function withoutCredentials(configuration: NpmConfiguration, sharedRegistry: string | null): NpmConfiguration {
  const prefixes = Object.keys(configuration).filter(isCredential).map(prefixOf);
  const isShared = (prefix: string) => sharedRegistry !== null && isBelow(sharedRegistry, prefix);
  const isKept = (key: string, value: string | boolean): boolean => {
    if (isCredential(key)) return isShared(prefixOf(key));
    if (!key.endsWith(':registry')) return true;
    return !prefixes.some((prefix) => isBelow(String(value), prefix) && !isShared(prefix));
  };
  return Object.fromEntries(Object.entries(configuration).filter(([key, value]) => isKept(key, value)));
}

/** Such as `//registry.example.com/team/:_authToken`, which holds for every address below `//registry.example.com/team/`. */
const isCredential = (key: string): boolean => key.startsWith('//');
const prefixOf = (key: string): string => key.slice(0, key.lastIndexOf(':')).replace(/\/*$/, '/');

function isBelow(registry: string, prefix: string): boolean {
  if (!URL.canParse(registry)) return false;
  const { host, pathname } = new URL(registry);
  return `//${host}${pathname.replace(/\/*$/, '/')}`.startsWith(prefix);
}
