import type { Client } from './client.ts';
import type { FindClient } from './clients.ts';
import { OAuthError, type OAuthErrorCode } from './errors.ts';
import { addressesOf, isResource } from './names.ts';
import type { ProtectedDeployment } from './protected-deployment.ts';
import { matchesRedirectUri } from './redirect-uri.ts';

/** A request for authorization that may be shown to the owner of its deployment. */
export type AuthorizationRequest = {
  deployment: ProtectedDeployment;
  client: Client;
  /** As the client sent it. */
  redirectUri: string;
  state: string | null;
  codeChallenge: string;
};

export type ReadRequest =
  | { kind: 'ready'; request: AuthorizationRequest }
  /** The client receives the error, at an address that is its own. */
  | { kind: 'sent-back'; redirectTo: string; error: OAuthError }
  /** Only the person can see the error: the client, or the address of the answer, is not known. */
  | { kind: 'refused'; error: OAuthError };

const STATE_CHARACTERS_MAX = 4_000;
/** SHA-256 as base64url (RFC 7636, section 4.2). */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

export type ReadRequestDeps = { publicUrl: string; findClient: FindClient };

/** Checks the parameters of the authorization endpoint (OAuth 2.1, section 4.1.1). It keeps nothing and changes nothing. */
export async function readAuthorizationRequest(
  { publicUrl, findClient }: ReadRequestDeps,
  deployment: ProtectedDeployment,
  query: URLSearchParams,
): Promise<ReadRequest> {
  const refuse = (code: OAuthErrorCode, why: string): ReadRequest => ({
    kind: 'refused',
    error: new OAuthError(code, why),
  });

  const clientId = only(query, 'client_id');
  if (clientId === null) return refuse('invalid_request', 'The request must name one client_id.');
  let client: Client | null;
  try {
    client = await findClient(clientId);
  } catch (error) {
    if (error instanceof OAuthError) return { kind: 'refused', error };
    throw error;
  }
  if (!client)
    return refuse(
      'invalid_client',
      'This client is not registered here, or was not used for a long time. Connect it again.',
    );
  const redirectUri = only(query, 'redirect_uri') ?? theOnlyOne(client);
  if (redirectUri === null || !matchesRedirectUri(client.redirectUris, redirectUri)) {
    return refuse('invalid_request', 'The redirect_uri is not one that the client registered.');
  }

  // from here on the client itself can receive the error
  const state = only(query, 'state');
  const sendBack = (code: OAuthErrorCode, description: string): ReadRequest => ({
    kind: 'sent-back',
    error: new OAuthError(code, description),
    redirectTo: toAnswer(
      publicUrl,
      { deployment, redirectUri, state },
      { error: code, error_description: description },
    ),
  });
  if (state !== null && state.length > STATE_CHARACTERS_MAX)
    return sendBack('invalid_request', 'The state is too long.');
  const responseType = only(query, 'response_type');
  if (responseType !== 'code') {
    const code = responseType === null ? 'invalid_request' : 'unsupported_response_type';
    return sendBack(code, 'response_type must be code.');
  }
  if ((only(query, 'response_mode') ?? 'query') !== 'query')
    return sendBack('invalid_request', 'response_mode must be query.');
  const codeChallenge = only(query, 'code_challenge');
  if (codeChallenge === null || !CHALLENGE.test(codeChallenge) || only(query, 'code_challenge_method') !== 'S256') {
    return sendBack('invalid_request', 'PKCE is required: a code_challenge with code_challenge_method S256.');
  }
  // Without a resource it is this issuer's: each deployment, and each view, has an issuer of its own.
  if (!query.getAll('resource').every((one) => isResource(publicUrl, deployment.id, one, deployment.view?.name))) {
    const { resource } = addressesOf(publicUrl, deployment);
    return sendBack('invalid_target', `The resource must be ${resource}.`);
  }
  return { kind: 'ready', request: { deployment, client, redirectUri, state, codeChallenge } };
}

/**
 * The address that the person is sent to with an answer: `state` as it came, and `iss` (RFC 9207), so that answers
 * cannot be mixed up.
 */
export function toAnswer(
  publicUrl: string,
  to: Pick<AuthorizationRequest, 'deployment' | 'redirectUri' | 'state'>,
  parameters: Record<string, string>,
): string {
  const url = new URL(to.redirectUri);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (to.state !== null) url.searchParams.set('state', to.state);
  url.searchParams.set('iss', addressesOf(publicUrl, to.deployment).issuer);
  return url.href;
}

/** The value of a parameter that may be sent once (RFC 6749, section 3.1); null when it was not, or is empty. */
function only(query: URLSearchParams, name: string): string | null {
  const [value, ...more] = query.getAll(name);
  return value === undefined || value === '' || more.length > 0 ? null : value;
}

const theOnlyOne = ({ redirectUris }: Client): string | null =>
  redirectUris.length === 1 ? (redirectUris[0] ?? null) : null;
