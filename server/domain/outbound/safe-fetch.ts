import { lookup } from 'node:dns';
import { lookup as lookupName } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';

/** One request, a GET unless it says otherwise; redirects are not followed. */
export type SafeFetch = (
  url: string,
  init: { method?: 'GET' | 'POST'; headers: Record<string, string>; body?: string; signal: AbortSignal },
) => Promise<Response>;

const CONNECT_MS_MAX = 10_000;

/** Thrown before anything is sent: the address is one that strangers must not make this server visit. */
export class ForbiddenAddressError extends Error {}

/**
 * The part of IPv6 that is given out to networks (RFC 4291, section 2.4). Outside of it lie IPv4 in all its disguises.
 */
const GLOBAL_IPV6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Public by its number, and on Azure the service of the computer's own host (Microsoft, "What is IP address 168.63.129.16?"). */
const AZURE_HOST = '168.63.129.16';

/** Not loopback, not private, not link-local, not reserved; IPv4 that is mapped into IPv6 counts as IPv4. */
export const isPublicAddress = (address: string): boolean => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.toString() === AZURE_HOST) return false;
  return parsed.range() === 'unicast' && (!(parsed instanceof ipaddr.IPv6) || parsed.match(GLOBAL_IPV6));
};

/** Looks a name up for a connection, and leaves out every address that is not public. */
const publicLookup: LookupFunction = (hostname, options, callback) =>
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    if (allowed.length === 0) return callback(new ForbiddenAddressError(`${hostname} is not a public address.`), []);
    callback(null, allowed);
  });

export type SafeAgents = {
  /** The agent for a URL. @throws ForbiddenAddressError before anything is sent. */
  agentFor(url: string): Agent;
  close: () => Promise<void>;
};

/** Connections to public addresses over HTTPS only, and to the trusted origins. */
export function createSafeAgents(trusted: readonly string[]): SafeAgents {
  const origins = new Set(trusted.map((url) => new URL(url).origin));
  const open = new Agent({ connectTimeout: CONNECT_MS_MAX });
  const guarded = new Agent({ connectTimeout: CONNECT_MS_MAX, connect: { lookup: publicLookup } });
  return {
    agentFor: (url) => {
      const { protocol, origin, hostname } = new URL(url);
      if (origins.has(origin)) return open;
      if (protocol !== 'https:') throw new ForbiddenAddressError(`${origin} is not served over HTTPS.`);
      const literal = hostname.replace(/^\[|\]$/g, '');
      // an address in the URL is never looked up, so it is checked here
      if (ipaddr.isValid(literal) && !isPublicAddress(literal))
        throw new ForbiddenAddressError(`${hostname} is not a public address.`);
      return guarded;
    },
    close: async () => {
      await Promise.all([open.close(), guarded.close()]);
    },
  };
}

/** A proxy that leads out of the network of this server, and the hosts that are reached without it. */
export type OutboundProxy = { url: string; noProxy: string };

const LOCAL_LOOKUP_MS_MAX = 1_000;

/**
 * Behind a proxy it is the proxy that looks names up, and connects. A name that this server knows as one of its own
 * network is refused here; what the proxy alone can look up, the proxy must judge.
 */
async function refuseNamesFromWithin(hostname: string): Promise<void> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, LOCAL_LOOKUP_MS_MAX, null).unref());
  const found = await Promise.race([lookupName(hostname, { all: true }).catch(() => null), late]);
  if (found !== null && !found.some(({ address }) => isPublicAddress(address))) {
    throw new ForbiddenAddressError(`${hostname} is not a public address.`);
  }
}

/**
 * Fetches from public addresses only, checked when the connection is made, so that a name that resolves differently
 * later cannot slip through. The origins in `trusted` (configured by the operator of Catwalk) may be anywhere.
 */
export function createSafeFetch(
  trusted: readonly string[],
  proxy: OutboundProxy | null = null,
): { fetch: SafeFetch; close: () => Promise<void> } {
  const { agentFor, close } = createSafeAgents(trusted);
  const origins = new Set(trusted.map((url) => new URL(url).origin));
  const proxied = proxy && createProxied(proxy);
  const dispatcherFor = async (url: string): Promise<Dispatcher> => {
    const direct = agentFor(url);
    const { origin, hostname } = new URL(url);
    if (proxied === null || origins.has(origin)) return direct;
    await refuseNamesFromWithin(hostname);
    return proxied;
  };
  return {
    fetch: async (url, { method = 'GET', headers, body = null, signal }) => {
      const dispatcher = await dispatcherFor(url);
      const response = await undiciFetch(url, { method, headers, body, signal, redirect: 'manual', dispatcher });
      // undici's own Response is the one that Node's types call Response
      return response as unknown as Response;
    },
    close: async () => {
      await Promise.all([close(), proxied?.close()]);
    },
  };
}

/** Only https is visited, so that every request is a tunnel through the proxy. */
const createProxied = ({ url, noProxy }: OutboundProxy) =>
  new EnvHttpProxyAgent({
    httpProxy: url,
    httpsProxy: url,
    noProxy,
    connectTimeout: CONNECT_MS_MAX,
    connect: { lookup: publicLookup }, // of hosts that are reached without the proxy
  });
