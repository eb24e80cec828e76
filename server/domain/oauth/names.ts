/** The one thing that a client may be allowed: to call the tools of one deployment. */
export const SCOPE = 'mcp';

/** The path of a deployment's issuer. Each has its own, so that a client which names no resource means this one. */
export const issuerPath = (deploymentId: string): string => `/oauth/${deploymentId}`;

export const resourcePath = (deploymentId: string): string => `/api/mcp/${deploymentId}`;

/** The addresses of one deployment's protected resource (RFC 9728) and authorization server (RFC 8414). */
export function oauthAddresses(publicUrl: string, deploymentId: string) {
  const issuer = publicUrl + issuerPath(deploymentId);
  return {
    resource: publicUrl + resourcePath(deploymentId),
    resourceMetadata: `${publicUrl}/.well-known/oauth-protected-resource${resourcePath(deploymentId)}`,
    issuer,
    authorize: `${issuer}/authorize`,
    token: `${issuer}/token`,
    register: `${issuer}/register`,
    revoke: `${issuer}/revoke`,
    jwks: `${issuer}/jwks`,
  };
}

/**
 * Reports whether a `resource` (RFC 8707) is this deployment's endpoint: with a slash at its end too, and by its older
 * transport.
 */
export function isResource(publicUrl: string, deploymentId: string, given: string): boolean {
  if (!URL.canParse(given)) return false;
  const wanted = new URL(publicUrl + resourcePath(deploymentId)).href;
  const { href } = new URL(given);
  return href === wanted || href === `${wanted}/` || href === `${wanted}/sse`;
}
