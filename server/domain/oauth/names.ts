/** The one thing that a client may be allowed: to call the tools of one deployment. */
export const SCOPE = 'mcp';

/** A view of a deployment, as a protected resource of its own: its address, and what its tokens are bound to. */
export type ResourceView = { id: string; name: string };

const below = (view: string | null): string => (view === null ? '' : `/v/${view}`);

/**
 * The path of the issuer of a deployment, or of one of its views. Each has its own, so that a client which names no
 * resource means this one.
 */
export const issuerPath = (deploymentId: string, view: string | null = null): string =>
  `/oauth/${deploymentId}${below(view)}`;

export const resourcePath = (deploymentId: string, view: string | null = null): string =>
  `/api/mcp/${deploymentId}${below(view)}`;

/** The addresses of one protected resource (RFC 9728) and its authorization server (RFC 8414). `view`: its name. */
export function oauthAddresses(publicUrl: string, deploymentId: string, view: string | null = null) {
  const issuer = publicUrl + issuerPath(deploymentId, view);
  return {
    resource: publicUrl + resourcePath(deploymentId, view),
    resourceMetadata: `${publicUrl}/.well-known/oauth-protected-resource${resourcePath(deploymentId, view)}`,
    issuer,
    authorize: `${issuer}/authorize`,
    token: `${issuer}/token`,
    register: `${issuer}/register`,
    revoke: `${issuer}/revoke`,
    jwks: `${issuer}/jwks`,
  };
}

/** The same for a deployment, or a view, that was found. */
export const addressesOf = (publicUrl: string, { id, view }: { id: string; view: ResourceView | null }) =>
  oauthAddresses(publicUrl, id, view?.name ?? null);

/**
 * Reports whether a `resource` (RFC 8707) is this endpoint: with a slash at its end too, and by its older transport. The
 * address of a view is not that of its deployment, nor the other way around.
 */
export function isResource(
  publicUrl: string,
  deploymentId: string,
  given: string,
  view: string | null = null,
): boolean {
  if (!URL.canParse(given)) return false;
  const wanted = new URL(publicUrl + resourcePath(deploymentId, view)).href;
  const { href } = new URL(given);
  return href === wanted || href === `${wanted}/` || href === `${wanted}/sse`;
}
