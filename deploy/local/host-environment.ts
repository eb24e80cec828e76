import { delimiter, dirname } from 'node:path';

type Environment = Record<string, string | undefined>;

/** Besides these the host gets nothing of the backend's environment: keys and database addresses live there. */
const PASSED = new Set([
  'HOME',
  'TMPDIR',
  'LANG',
  'LC_ALL',
  'TZ',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);

/** Package managers' own configuration: registries, mirrors, caches. */
const PASSED_PREFIX = /^(npm_config_|uv_|pip_)/i;

/** `nodePath` comes first on PATH, so that servers run on the Node that runs Catwalk. */
export const hostEnvironment = (environment: Environment, nodePath: string): Record<string, string> => {
  const passed = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (PASSED.has(entry[0].toUpperCase()) || PASSED_PREFIX.test(entry[0])),
  );
  const path = [dirname(nodePath), environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter);
  return { ...Object.fromEntries(passed), PATH: path };
};
