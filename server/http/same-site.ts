import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export type Refusal = { code: 'HOST_REFUSED' | 'ORIGIN_REFUSED'; message: string; hint: string };

export const HEALTH_PATH = '/api/health';
export const METRICS_PATH = '/metrics';
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Who may send requests at all. A page whose name an attacker points at this server (DNS rebinding) still sends its own
 * name as Host and its own origin as Origin; another page on this computer sends another port. Both are refused, on
 * every route and at every WebSocket upgrade.
 */
export function createSameSiteCheck(publicUrl: string): (req: IncomingMessage) => Refusal | null {
  const own = new URL(publicUrl);
  const hosts = new Set([...LOOPBACK_HOSTS, own.hostname]);

  return (req) => {
    const host = parseHost(req.headers.host);
    if (host === null || !(hosts.has(host.hostname) || isProbe(req, host))) {
      return {
        code: 'HOST_REFUSED',
        message: 'This server does not answer to that Host.',
        hint: `Use ${own.origin}, or set PUBLIC_URL to the origin that you use.`,
      };
    }
    const { origin } = req.headers;
    const isSameOrigin = origin === own.origin || (origin !== undefined && originHost(origin) === host.host);
    if (origin !== undefined ? !isSameOrigin : isFromAnotherSite(req)) {
      return {
        code: 'ORIGIN_REFUSED',
        message: 'Pages of another origin may not call this server.',
        hint: `Open the dashboard at ${own.origin}; scripts send an API token and no Origin.`,
      };
    }
    return null;
  };
}

/** Load balancers and Prometheus ask each instance by address. Rebinding needs a name, so an address in Host is none. */
const isProbe = ({ url }: IncomingMessage, host: URL): boolean =>
  (url === HEALTH_PATH || url === METRICS_PATH) && isIP(host.hostname.replace(/^\[|\]$/g, '')) !== 0;

/** Requests of a page that carry no Origin (images, scripts, no-cors GETs) still say where they come from. */
const isFromAnotherSite = ({ headers }: IncomingMessage): boolean =>
  (headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site') &&
  headers['sec-fetch-mode'] !== 'navigate';

/** A bare host with an optional port, nothing else: no user, path or query smuggled in. */
function parseHost(host: string | undefined): URL | null {
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`);
}

const originHost = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);
