import { lookup } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { canonicalAddress, isPublicAddress } from '../egress/addresses.ts';
import type { RegistryFetch } from './registry-access.ts';

/** The address is one that names of strangers must not make this host visit. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

const isAllowed = (address: string): boolean => {
  const canonical = canonicalAddress(address);
  return canonical !== null && isPublicAddress(canonical);
};

/** Looks a name up for a connection, and leaves out every address that is not public. */
const publicLookup: LookupFunction = (hostname, options, callback) =>
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const allowed = addresses.filter(({ address }) => isAllowed(address));
    const [first] = allowed;
    if (first === undefined) return callback(new PrivateAddressError(`${hostname} is not a public address.`), []);
    if (options.all) return callback(null, allowed);
    callback(null, first.address, first.family);
  });

/** An answer with one of these has no body, and a Response refuses one. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * Requests over HTTPS to public addresses alone, checked when the connection is made, and to the origins in `trusted`,
 * which the operator named. Redirects are not followed.
 */
export const createPublicFetch =
  (trusted: readonly string[]): RegistryFetch =>
  (url, { headers, signal }) => {
    const { protocol, origin, hostname } = new URL(url);
    const isTrusted = trusted.includes(origin);
    const literal = hostname.replace(/^\[|\]$/g, '');
    if (!isTrusted && protocol !== 'https:')
      return Promise.reject(new PrivateAddressError(`${origin} is not served over HTTPS.`));
    if (!isTrusted && isIP(literal) !== 0 && !isAllowed(literal))
      return Promise.reject(new PrivateAddressError(`${hostname} is not a public address.`));
    const send = protocol === 'https:' ? requestTls : requestPlain;
    return new Promise((resolve, reject) => {
      const request = send(url, { headers, signal, ...(isTrusted ? {} : { lookup: publicLookup }) }, (answer) => {
        const status = answer.statusCode ?? 0;
        const received = new Headers();
        for (const [name, value] of Object.entries(answer.headers))
          for (const one of [value ?? []].flat()) received.append(name, one);
        const hasBody = !WITHOUT_BODY.has(status);
        if (!hasBody) answer.resume();
        const body = hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null; // Node types its streams apart
        resolve(new Response(body, { status, headers: received }));
      });
      request.once('error', reject);
      request.end();
    });
  };
