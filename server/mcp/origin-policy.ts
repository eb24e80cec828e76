/** The policy of origins that may reach the endpoint, as data. */
export type OriginPolicyOptions = {
  /** Host names (no ports) this server answers to; `null` answers to any (behind a proxy that checks). */
  hosts: readonly string[] | null;
  /** Origins whose pages may call, such as the dashboard's own and CORS_ORIGINS. `*` is any. */
  origins: readonly string[];
  /** Pages served from this computer may call as well: the MCP inspector is one. */
  loopbackOrigins: boolean;
};

export interface OriginPolicy {
  isAllowedHost(host: string | null): boolean;
  isAllowedOrigin(origin: string): boolean;
}

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const VERDICTS_MAX = 1_000;

/**
 * Against DNS rebinding: a page whose name an attacker points at this server still sends its own name as Host, and its own
 * origin as Origin. Loopback addresses are no exception: they are allowed only when `hosts` names them.
 */
export function createOriginPolicy({ hosts, origins, loopbackOrigins }: OriginPolicyOptions): OriginPolicy {
  const names = hosts === null ? null : new Set(hosts.map((host) => host.toLowerCase()));
  const allowed = new Set(origins);
  const verdicts = new Map<string, boolean>();

  const judge = (host: string): boolean => {
    const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
    if (url === null || url.pathname !== '/' || url.username !== '' || url.search !== '' || url.hash !== '')
      return false;
    return names?.has(url.hostname) ?? true;
  };

  return {
    isAllowedHost: (host) => {
      if (host === null) return false;
      const known = verdicts.get(host);
      if (known !== undefined) return known;
      const verdict = judge(host);
      if (verdicts.size >= VERDICTS_MAX) verdicts.clear();
      verdicts.set(host, verdict);
      return verdict;
    },
    isAllowedOrigin: (origin) => {
      if (allowed.has(origin) || allowed.has('*')) return true;
      if (!loopbackOrigins || !URL.canParse(origin)) return false;
      const url = new URL(origin);
      return url.origin === origin && LOOPBACK_NAMES.includes(url.hostname);
    },
  };
}

/** The star covers unknown `Mcp-*`; browsers that do not know it read the names. */
const EXPOSED_HEADERS =
  '*, Mcp-Session-Id, Mcp-Protocol-Version, WWW-Authenticate, Retry-After, Last-Event-ID, X-Request-Id';
const PREFLIGHT_SECONDS = '7200';

/** CORS headers for a page that may call. No credentials: the endpoint knows no cookies. */
export const corsHeaders = (origin: string): string[] => [
  'access-control-allow-origin',
  origin,
  'vary',
  'Origin',
  'access-control-expose-headers',
  EXPOSED_HEADERS,
];

/** Further headers of the answer to a preflight: what was asked for is what is allowed. */
export const preflightHeaders = (requestedHeaders: string | undefined, privateNetwork: boolean): string[] => [
  'access-control-allow-methods',
  'GET, POST, DELETE, OPTIONS',
  'access-control-allow-headers',
  requestedHeaders ?? 'Authorization, Content-Type, Mcp-Session-Id, Mcp-Protocol-Version, Last-Event-ID',
  'access-control-max-age',
  PREFLIGHT_SECONDS,
  ...(privateNetwork ? ['access-control-allow-private-network', 'true'] : []),
];
