import { timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } from 'jose';
import type { SafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { hashSecret } from '../secret-hash.ts';
import type { Client } from './client.ts';
import { readBounded } from './client-documents.ts';
import type { FindClient } from './clients.ts';
import { OAuthError } from './errors.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Public keys alone: a list that held HS256 would take a public key for a shared secret. */
export const ASSERTION_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const CLOCK_SKEW_SECONDS = 30;
const KEYS_BYTES_MAX = 64 * 1024;
const KEY_SETS_MAX = 200;

/** The client's identification in a request to the token endpoint. */
export type PresentedClient = {
  clientId: string | null;
  secret: string | null;
  assertion: { type: string; jwt: string } | null;
};

export type AuthenticateClient = (
  presented: PresentedClient,
  /** Whom an assertion may be meant for: the issuer and its token endpoint (RFC 7523, section 3). */
  audience: readonly string[],
) => Promise<Client>;

/** Reads `Authorization: Basic`, whose parts are form-encoded (RFC 6749, section 2.3.1). Null when it is not readable. */
export function readBasic(authorization: string): { clientId: string; secret: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return null;
  const decode = (part: string) => decodeURIComponent(part.replaceAll('+', ' '));
  try {
    return { clientId: decode(text.slice(0, colon)), secret: decode(text.slice(colon + 1)) };
  } catch {
    return null; // a lone percent sign
  }
}

/** Authenticates the client at the token endpoint. Throws `invalid_client` when its proof does not match. */
export function createAuthenticateClient(deps: {
  findClient: FindClient;
  fetch: SafeFetch;
  clock: () => Date;
}): AuthenticateClient {
  const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
  const keysAt = (uri: string) => {
    const kept = keySets.get(uri);
    if (kept) return kept;
    if (keySets.size >= KEY_SETS_MAX) keySets.clear();
    const made = createRemoteJWKSet(new URL(uri), { [customFetch]: boundedFetch(deps.fetch) });
    keySets.set(uri, made);
    return made;
  };

  const isAsserted = async (client: Client, jwt: string, audience: readonly string[]): Promise<boolean> => {
    if (client.jwksUri === null) return false;
    try {
      await jwtVerify(jwt, keysAt(client.jwksUri), {
        algorithms: ASSERTION_ALGORITHMS,
        issuer: client.id,
        subject: client.id,
        audience: [...audience],
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_SKEW_SECONDS,
        currentDate: deps.clock(),
      });
      return true;
    } catch {
      return false; // a wrong signature, claims of another, or keys that cannot be had: not who it says either way
    }
  };

  const isProven = (
    client: Client,
    presented: PresentedClient,
    audience: readonly string[],
  ): boolean | Promise<boolean> => {
    const { secret, assertion } = presented;
    if (assertion !== null) {
      const isOurs = assertion.type === ASSERTION_TYPE && client.authMethods.includes('private_key_jwt');
      return isOurs && isAsserted(client, assertion.jwt, audience);
    }
    if (client.authMethods.includes('none')) return true; // it has no secret, whatever it sends
    if (secret === null || client.secretHash === null) return false;
    return timingSafeEqual(hashSecret(secret), client.secretHash);
  };

  return async (presented, audience) => {
    const clientId = presented.clientId ?? subjectOf(presented.assertion?.jwt);
    if (clientId === null) throw new OAuthError('invalid_client', 'The request names no client_id.');
    const client = await deps.findClient(clientId);
    if (client && (await isProven(client, presented, audience))) return client;
    throw new OAuthError('invalid_client', 'No such client, or it did not prove to be it. Register again.');
  };
}

function subjectOf(jwt: string | undefined): string | null {
  try {
    return jwt === undefined ? null : (decodeJwt(jwt).sub ?? null);
  } catch {
    return null;
  }
}

const boundedFetch =
  (fetch: SafeFetch) =>
  async (url: string, { signal }: { signal?: AbortSignal | null }): Promise<Response> => {
    const headers = { accept: 'application/json', 'user-agent': 'catwalk' };
    const response = await fetch(url, { headers, signal: signal ?? AbortSignal.timeout(5_000) });
    return new Response(await readBounded(response, KEYS_BYTES_MAX), { status: response.status });
  };
