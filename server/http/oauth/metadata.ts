import { ASSERTION_ALGORITHMS } from '#server/domain/oauth/assertion.ts';
import type { Capabilities } from '#server/domain/oauth/authorization-server.ts';
import { addressesOf, SCOPE } from '#server/domain/oauth/names.ts';
import type { ProtectedDeployment } from '#server/domain/oauth/protected-deployment.ts';

/** The grant of assertions (RFC 7523, section 2.1). */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Its profile of identity assertions (draft-ietf-oauth-identity-assertion-authz-grant, section 6). */
const ID_JAG_PROFILE = 'urn:ietf:params:oauth:grant-profile:id-jag';

/** Metadata of the protected endpoint of a deployment, or of one of its views (RFC 9728, section 2). */
export function resourceMetadata(publicUrl: string, deployment: ProtectedDeployment) {
  const { name, view } = deployment;
  const { resource, issuer } = addressesOf(publicUrl, deployment);
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: [SCOPE],
    bearer_methods_supported: ['header'],
    resource_name: view === null ? name : `${name} (${view.name})`,
  };
}

/** Metadata of the authorization server of a deployment (RFC 8414, section 2). */
export function serverMetadata(publicUrl: string, deployment: ProtectedDeployment, capabilities: Capabilities) {
  const { issuer, authorize, token, register, revoke } = addressesOf(publicUrl, deployment);
  // claude.ai sends its document's address only where "none" is listed, ChatGPT signs where private_key_jwt is
  const methods = ['none', 'client_secret_post', 'client_secret_basic', 'private_key_jwt'];
  return {
    issuer,
    authorization_endpoint: authorize,
    token_endpoint: token,
    registration_endpoint: register,
    revocation_endpoint: revoke,
    scopes_supported: [SCOPE],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      ...(capabilities.identityAssertions ? [JWT_BEARER] : []),
    ],
    ...(capabilities.identityAssertions ? { authorization_grant_profiles_supported: [ID_JAG_PROFILE] } : {}),
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    ...(capabilities.clientDocuments ? { client_id_metadata_document_supported: true } : {}),
  };
}

/**
 * The same for clients that look for OpenID Connect first. What its schema demands is there, or strict parsers give up;
 * no id token is ever issued, and the set of keys is empty.
 */
export const openIdMetadata = (publicUrl: string, deployment: ProtectedDeployment, capabilities: Capabilities) => ({
  ...serverMetadata(publicUrl, deployment, capabilities),
  jwks_uri: addressesOf(publicUrl, deployment).jwks,
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
});
