import { hash } from 'node:crypto';
import type { AccessClaims, AccessTokens } from '#server/domain/oauth/access-token.ts';
import type { LiveGrants } from '#server/domain/oauth/live-grants.ts';
import { oauthAddresses, SCOPE } from '#server/domain/oauth/names.ts';
import type { OAuthAuthority } from './access.ts';

/** Tokens whose signature was found good. */
const VERIFIED_MAX = 10_000;

export type OAuthAuthorityDeps = {
  publicUrl: string;
  accessTokens: Pick<AccessTokens, 'verify'>;
  grants: Pick<LiveGrants, 'isLive'>;
  nowMs: () => number;
};

/**
 * Decides about OAuth's bearers at the endpoint. A token is verified once and remembered by its hash; whether its grant
 * still lives is looked up for every call, in memory.
 */
export function createOAuthAuthority({ publicUrl, accessTokens, grants, nowMs }: OAuthAuthorityDeps): OAuthAuthority {
  const verified = new Map<string, AccessClaims>();

  const claimsOf = async (deploymentId: string, bearer: string): Promise<AccessClaims | null> => {
    const key = hash('sha256', `${deploymentId} ${bearer}`, 'base64');
    const known = verified.get(key);
    if (known) {
      if (known.expiresAtMs > nowMs()) return known;
      verified.delete(key);
      return null;
    }
    const claims = await accessTokens.verify(deploymentId, bearer);
    if (!claims) return null;
    if (verified.size >= VERIFIED_MAX) {
      for (const oldest of verified.keys()) {
        verified.delete(oldest);
        break;
      }
    }
    verified.set(key, claims);
    return claims;
  };

  return {
    verify: async (deploymentId, bearer) => {
      const claims = await claimsOf(deploymentId, bearer);
      if (!claims || !(await grants.isLive(deploymentId, claims.grantId))) return null;
      const { userId: subject, ...granted } = claims;
      return { kind: 'oauth', subject, ...granted };
    },
    isLive: (deploymentId, { grantId }) => grants.isLive(deploymentId, grantId),
    challenge: (deploymentId, hasBearer) => {
      const { resourceMetadata } = oauthAddresses(publicUrl, deploymentId);
      const error = hasBearer
        ? ', error="invalid_token", error_description="The token is not valid for this server"'
        : '';
      return `Bearer resource_metadata="${resourceMetadata}", scope="${SCOPE}"${error}`;
    },
  };
}
