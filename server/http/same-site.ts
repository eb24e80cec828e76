import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export type Refusal = { code: 'HOST_REFUSED' | 'ORIGIN_REFUSED'; message: string; hint: string };

export const HEALTH_PATH = '/api/health';
export const LIVE_PATH = '/api/live';
export const METRICS_PATH = '/metrics';
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Decides who may send requests at all. A page whose name an attacker points at this server (DNS rebinding) still sends
 * its own name as Host and its own origin as Origin; another page on this computer sends another port. Both are
 * refused, on every route and at every WebSocket upgrade.
 */
export function createSameSiteCheck(publicUrl: string): (req: IncomingMessage) => Refusal | null {
  const own = new URL(publicUrl);
  const hosts = new Set([...LOOPBACK_HOSTS, own.hostname]);

  return (req) => {
    const host = isSentTwice(req, 'host') ? null : parseHost(req.headers.host);
    // a target that kept its absolute form names another authority than the Host header
    if (host === null || !req.url?.startsWith('/') || !(hosts.has(host.hostname) || isProbe(req, host))) {
      return {
        code: 'HOST_REFUSED',
        message: 'This server does not answer to that Host.',
        hint: `Use ${own.origin}, or set PUBLIC_URL to the origin that you use.`,
      };
    }
    const { origin } = req.headers;
    // a page under the name of this server has its scheme, too: http://catwalk.example.com is another origin than https://
    const scheme = host.hostname === own.hostname ? own.protocol : 'http:';
    const isSameOrigin = origin === own.origin || origin === `${scheme}//${host.host}`;
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
  (url === HEALTH_PATH || url === LIVE_PATH || url === METRICS_PATH) &&
  isIP(host.hostname.replace(/^\[|\]$/g, '')) !== 0;

/** Requests of a page that carry no Origin (images, scripts, no-cors GETs) still say where they come from. */
const isFromAnotherSite = ({ headers }: IncomingMessage): boolean =>
  (headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site') &&
  headers['sec-fetch-mode'] !== 'navigate';

/** A bare host with an optional port, nothing else: no user, path or query smuggled in. */
function parseHost(host: string | undefined): URL | null {
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`);
}

/** Node keeps the first of two; a proxy in front may have read the other one. */
const isSentTwice = ({ rawHeaders }: IncomingMessage, wanted: string): boolean =>
  rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === wanted).length > 1;
