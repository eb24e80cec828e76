import { timingSafeEqual } from 'node:crypto';
import { decodeJwt, type JWTVerifyGetKey } from 'jose';
import { hashSecret } from '../secret-hash.ts';
import { AssertionError, readSingleUse, type SingleUse, verifyAssertion } from './assertion.ts';
import type { Client } from './client.ts';
import type { FindClient } from './clients.ts';
import { OAuthError } from './errors.ts';
import { localKeys } from './public-keys.ts';
import type { RemoteKeys } from './remote-keys.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

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
  keysAt: RemoteKeys;
  /** Returns false for an assertion that was used before. */
  rememberUse: (issuer: string, assertion: SingleUse) => Promise<boolean>;
  clock: () => Date;
}): AuthenticateClient {
  const { findClient, keysAt, rememberUse, clock } = deps;

  const keysOf = ({ machine, jwksUri }: Client): JWTVerifyGetKey | null => {
    if (machine?.jwks) return localKeys(machine.jwks);
    return jwksUri === null ? null : keysAt(jwksUri);
  };

  /** @throws AssertionError */
  const checkAssertion = async (client: Client, jwt: string, audience: readonly string[]): Promise<boolean> => {
    const keys = keysOf(client);
    if (keys === null) return false;
    const now = clock();
    const payload = await verifyAssertion(jwt, keys, { issuer: client.id, subject: client.id, audience }, now);
    // Programs that people use may send one twice when an answer was lost; a machine client can sign another.
    if (client.machine === null) return true;
    if (await rememberUse(client.id, readSingleUse(payload, now))) return true;
    throw new AssertionError('The assertion was used before.');
  };

  const isProven = (
    client: Client,
    presented: PresentedClient,
    audience: readonly string[],
  ): boolean | Promise<boolean> => {
    const { secret, assertion } = presented;
    if (assertion !== null) {
      const isOurs = assertion.type === ASSERTION_TYPE && client.authMethods.includes('private_key_jwt');
      return isOurs && checkAssertion(client, assertion.jwt, audience);
    }
    if (client.authMethods.includes('none')) return true; // it has no secret, whatever it sends
    if (secret === null || client.secretHash === null) return false;
    return timingSafeEqual(hashSecret(secret), client.secretHash);
  };

  return async (presented, audience) => {
    const clientId = presented.clientId ?? subjectOf(presented.assertion?.jwt);
    if (clientId === null) throw new OAuthError('invalid_client', 'The request names no client_id.');
    const client = await findClient(clientId);
    try {
      if (client && (await isProven(client, presented, audience))) return client;
    } catch (error) {
      if (error instanceof AssertionError) throw new OAuthError('invalid_client', error.message);
      throw error;
    }
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
