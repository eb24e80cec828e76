import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '#server/domain/actor.ts';
import type { ApiTokenService } from '#server/domain/identity/api-tokens.ts';
import type { Auth } from './auth.ts';

/** The credentials and the address of a request. */
export type Credentials = { authorization: string | null; cookie: string | null; address: string };

export type Authenticate = (credentials: Credentials) => Promise<Actor | null>;

export const credentialsOf = (headers: IncomingHttpHeaders, address: string): Credentials => ({
  authorization: headers.authorization ?? null,
  cookie: headers.cookie ?? null,
  address,
});

/**
 * Finds the sender of a request: the owner of its API token, or of its session. A cookie does not make up for a token
 * that does not work: a client that sends a token means it.
 */
export function createAuthenticate(auth: Auth, apiTokens: Pick<ApiTokenService, 'authenticate'>): Authenticate {
  return async ({ authorization, cookie, address }) => {
    if (authorization !== null) {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      return token === undefined ? null : apiTokens.authenticate(token, address);
    }
    if (cookie === null) return null;
    const found = await auth.api.getSession({ headers: new Headers({ cookie }) });
    if (!found) return null;
    const role = found.user.role === 'ADMIN' ? 'ADMIN' : 'MEMBER';
    const { id: credentialId, expiresAt: credentialExpiresAt } = found.session;
    const userId = found.user.id;
    return { userId, role, scope: 'WRITE', via: 'session', ip: address, credentialId, credentialExpiresAt };
  };
}
