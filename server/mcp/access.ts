import { principalInView } from '#deploy/host/view-contract.ts';
import { ACCESS_TOKEN_PREFIX, findByToken } from '#server/domain/access/token.ts';
import { networkOf } from '#server/domain/network.ts';
import { oauthPrincipal, tokenPrincipal } from '#server/domain/principal.ts';
import type { Route } from './route.ts';
import { viewIn } from './views/view-in.ts';

/** Under which right a request was let in; checked again when the right may have changed. */
export type Grant = {
  /** The view through which it sees the deployment; absent: the whole server. */
  viewId?: string;
} & (
  | { kind: 'token'; tokenId: string; expiresAtMs: number | null }
  | {
      kind: 'oauth';
      /** The consent that it came of, and the client's connection to this deployment, as the dashboard lists it. */
      grantId: string;
      connectionId: string;
      clientId: string;
      /** The user who let it in. */
      subject: string;
      expiresAtMs: number | null;
    }
  | { kind: 'public'; address: string }
  /** A caller of a bundle, which was let in there. */
  | {
      kind: 'bundle';
      bundleId: string;
      /** The caller's principal and label at the bundle. */
      principal: string;
      label: string | null;
    }
);

export type BundleGrant = Extract<Grant, { kind: 'bundle' }>;

export type OAuthGrant = Extract<Grant, { kind: 'oauth' }>;

/** OAuth 2.1 lives elsewhere and is asked through this. */
export interface OAuthAuthority {
  /**
   * Null for a token that is not valid at this address (RFC 8707: the audience is checked): one of a view is valid at the
   * address of that view alone, one of the deployment at each of its addresses. `view`: the name in the address.
   */
  verify(deploymentId: string, bearer: string, view: string | null): Promise<OAuthGrant | null>;
  /**
   * Reports whether a stream opened under this grant may stay: its client is still connected, its user still allowed.
   */
  isLive(deploymentId: string, grant: OAuthGrant): Promise<boolean>;
  /** The value of `WWW-Authenticate` on a 401 (RFC 9728 §5.1). */
  challenge(deploymentId: string, hasBearer: boolean, view: string | null): string;
}

/** Decides as far as possible without a lookup: a grant, no grant, or a need for the OAuth authority. */
export function authorize(
  route: Route,
  bearer: string | null,
  addressOf: () => string,
  nowMs: number,
): Grant | 'ask-oauth' | null {
  if (bearer?.startsWith(ACCESS_TOKEN_PREFIX)) {
    const token = findByToken(route.tokens, bearer);
    if (token && !isOver(token.expiresAtMs, nowMs)) {
      const bound = token.viewId === undefined ? {} : { viewId: token.viewId };
      return { kind: 'token', tokenId: token.id, expiresAtMs: token.expiresAtMs, ...bound };
    }
  }
  if (route.access === 'PUBLIC') return { kind: 'public', address: addressOf() };
  return route.access === 'OAUTH' && bearer !== null && !bearer.startsWith(ACCESS_TOKEN_PREFIX) ? 'ask-oauth' : null;
}

/** Reports whether a stream opened under `grant` may go on with the present route. */
export async function isStillGranted(
  route: Route,
  grant: Grant,
  oauth: OAuthAuthority | null,
  nowMs: number,
): Promise<boolean> {
  if (grant.viewId !== undefined && viewIn(route, grant) === null) return false;
  switch (grant.kind) {
    case 'token':
      return route.tokens.some(
        ({ id, expiresAtMs, viewId }) =>
          id === grant.tokenId && !isOver(expiresAtMs, nowMs) && (viewId === undefined || viewId === grant.viewId),
      );
    case 'public':
      return route.access === 'PUBLIC';
    case 'bundle':
      return route.bundles.some(
        ({ bundleId, viewId }) => bundleId === grant.bundleId && (viewId ?? undefined) === grant.viewId,
      );
    case 'oauth':
      return (
        route.access === 'OAUTH' &&
        !isOver(grant.expiresAtMs, nowMs) &&
        oauth !== null &&
        (await oauth.isLive(route.deploymentId, grant))
      );
  }
}

const isOver = (expiresAtMs: number | null, nowMs: number): boolean => expiresAtMs !== null && expiresAtMs <= nowMs;

/**
 * The opaque name under which the host tells callers apart: children are never shared between two of them. A caller is
 * another one in each view.
 */
export const toPrincipal = (grant: Grant): string =>
  grant.viewId === undefined ? callerOf(grant) : principalInView(callerOf(grant), grant.viewId);

function callerOf(grant: Grant): string {
  switch (grant.kind) {
    case 'token':
      return tokenPrincipal(grant.tokenId);
    case 'oauth':
      return oauthPrincipal(grant.clientId, grant.subject);
    case 'public':
      return `address:${networkOf(grant.address)}`;
    case 'bundle':
      return `bundle:${grant.bundleId}:${grant.principal}`;
  }
}

/** The same, as the call log keeps it: the host hands it back, and `readCallerLabel` of the call log reads it. */
export function toCallerLabel(grant: Grant): string {
  if (grant.kind === 'bundle') return grant.label ?? '';
  if (grant.kind === 'token') return `token:${grant.tokenId}`;
  return grant.kind === 'oauth' ? `oauth:${grant.connectionId}` : grant.kind;
}

/** The same, as usage keeps it: the token, or the client's connection, and never the address of a public caller. */
export function toCaller(grant: Grant): string {
  if (grant.kind === 'bundle') return grant.bundleId;
  if (grant.kind === 'token') return grant.tokenId;
  return grant.kind === 'oauth' ? grant.connectionId : grant.kind;
}
