import { randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { OAuthKeys } from './keys.ts';
import { oauthAddresses, type ResourceView, SCOPE } from './names.ts';

export const ACCESS_TOKEN_LIFETIME_MS = 60 * 60_000;
const CHARACTERS_MAX = 4_000;

/** Claims of an access token. `grantId` names the grant that can be revoked. */
export type AccessClaims = {
  grantId: string;
  connectionId: string;
  clientId: string;
  userId: string;
  expiresAtMs: number;
  /** The view that the token is for; absent: the whole server. */
  view?: ResourceView;
};

const claimsSchema = z.object({
  sub: z.string(),
  client_id: z.string(),
  grant: z.string(),
  connection: z.string(),
  exp: z.number(),
  view: z.object({ id: z.string(), name: z.string() }).optional(),
});

export interface AccessTokens {
  /** `lifetimeMs`: shorter than usual for a client that ends sooner. */
  issue(deploymentId: string, claims: Omit<AccessClaims, 'expiresAtMs'>, lifetimeMs?: number): Promise<string>;
  /**
   * Returns null unless the token was issued here, for this deployment or one of its views, and has not expired. Makes no
   * request.
   */
  verify(deploymentId: string, token: string): Promise<AccessClaims | null>;
}

/**
 * Access tokens as JWT with the claims of RFC 9068, signed for ourselves: the endpoint tells by the signature that a
 * token is ours and whom it is for, so that guesses never reach the database.
 */
export function createAccessTokens(deps: { publicUrl: string; keys: OAuthKeys; clock: () => Date }): AccessTokens {
  const { publicUrl, keys, clock } = deps;
  return {
    issue: (deploymentId, claims, lifetimeMs = ACCESS_TOKEN_LIFETIME_MS) => {
      const { grantId, connectionId, clientId, userId, view } = claims;
      const { issuer, resource } = oauthAddresses(publicUrl, deploymentId, view?.name);
      const issuedAt = Math.floor(clock().getTime() / 1_000);
      const bound = view === undefined ? {} : { view };
      return new SignJWT({ client_id: clientId, grant: grantId, connection: connectionId, scope: SCOPE, ...bound })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(resource)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + Math.floor(lifetimeMs / 1_000))
        .setJti(randomUUID())
        .sign(keys.accessToken);
    },
    verify: async (deploymentId, token) => {
      if (token.length > CHARACTERS_MAX) return null;
      try {
        const { payload } = await jwtVerify(token, keys.accessToken, {
          algorithms: ['HS256'],
          typ: 'at+jwt',
          currentDate: clock(),
        });
        const {
          grant: grantId,
          connection: connectionId,
          client_id: clientId,
          sub: userId,
          exp,
          view,
        } = claimsSchema.parse(payload);
        const { issuer, resource } = oauthAddresses(publicUrl, deploymentId, view?.name);
        if (payload.iss !== issuer || payload.aud !== resource) return null;
        const bound = view === undefined ? {} : { view };
        return { grantId, connectionId, clientId, userId, expiresAtMs: exp * 1_000, ...bound };
      } catch {
        return null; // not a token of ours, or no longer one
      }
    },
  };
}
