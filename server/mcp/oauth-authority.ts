import { hash } from 'node:crypto';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { AccessClaims, AccessTokens } from '#server/domain/oauth/access-token.ts';
import type { LiveGrants } from '#server/domain/oauth/live-grants.ts';
import { oauthAddresses, SCOPE } from '#server/domain/oauth/names.ts';
import type { OAuthAuthority } from './access.ts';
import { OUTAGE_MS_MAX, RouteUnavailableError } from './route-table.ts';

/** Tokens whose signature was found good. */
const VERIFIED_MAX = 10_000;

export type OAuthAuthorityDeps = {
  publicUrl: string;
  accessTokens: Pick<AccessTokens, 'verify'>;
  grants: Pick<LiveGrants, 'isLive'>;
  nowMs: () => number;
  /** How long a grant that lived is believed to live while that cannot be looked up. */
  outageMsMax?: number | undefined;
};

/**
 * Decides about OAuth's bearers at the endpoint. A token is verified once and remembered by its hash; whether its grant
 * still lives is looked up for every call, in memory.
 */
export function createOAuthAuthority(deps: OAuthAuthorityDeps): OAuthAuthority {
  const { publicUrl, accessTokens, grants, nowMs, outageMsMax = OUTAGE_MS_MAX } = deps;
  const verified = new Map<string, AccessClaims>();
  /** When a grant was last known to live. */
  const livedAtMs = new Map<string, number>();

  const isLive = async (deploymentId: string, grantId: string): Promise<boolean> => {
    try {
      const live = await grants.isLive(deploymentId, grantId);
      if (livedAtMs.size >= VERIFIED_MAX) livedAtMs.clear();
      if (live) livedAtMs.set(grantId, nowMs());
      else livedAtMs.delete(grantId);
      return live;
    } catch (error) {
      const at = livedAtMs.get(grantId);
      if (at === undefined || nowMs() - at > outageMsMax) throw new RouteUnavailableError(error);
      return true;
    }
  };

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
    forgetOldest(verified, VERIFIED_MAX - 1);
    verified.set(key, claims);
    return claims;
  };

  return {
    verify: async (deploymentId, bearer, at) => {
      const claims = await claimsOf(deploymentId, bearer);
      if (!claims || !(await isLive(deploymentId, claims.grantId))) return null;
      const { userId: subject, view, ...granted } = claims;
      if (view === undefined) return { kind: 'oauth', subject, ...granted };
      return view.name === at ? { kind: 'oauth', subject, ...granted, viewId: view.id } : null;
    },
    isLive: (deploymentId, { grantId }) => isLive(deploymentId, grantId),
    challenge: (deploymentId, hasBearer, view) => {
      const { resourceMetadata } = oauthAddresses(publicUrl, deploymentId, view);
      const error = hasBearer
        ? ', error="invalid_token", error_description="The token is not valid for this server"'
        : '';
      return `Bearer resource_metadata="${resourceMetadata}", scope="${SCOPE}"${error}`;
    },
  };
}
