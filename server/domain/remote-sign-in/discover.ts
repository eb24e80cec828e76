import {
  type AuthorizationServerMetadata,
  checkResourceAllowed,
  computeScopeUnion,
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
  type FetchLike,
  type OAuthProtectedResourceMetadata,
} from '@modelcontextprotocol/client';
import { z } from 'zod';
import { explainFailure, signInFailed } from './explain.ts';

/** What a refusal says about the sign-in that it wants (RFC 6750, section 3; RFC 9728, section 5.1). */
export type Challenge = { resourceMetadataUrl: string | null; scope: string | null; error: string | null };

/** Where one signs in for a remote server. */
export type SignInPlace = {
  metadata: AuthorizationServerMetadata;
  /** The resource indicator that tokens are issued for (RFC 8707), as the server spells it. */
  resource: string;
  /** The scopes to request; null to leave the choice to the authorization server. */
  scope: string | null;
};

const SCOPE_CHARACTERS_MAX = 2_000;
const OURS = /^(?:bearer|dpop)\b/i;

/** Reads the header of an answer; a server may send one for each way to authenticate. */
export function readChallenge(header: string | string[] | null | undefined): Challenge {
  const values = [header ?? []].flat();
  const value = values.find((one) => OURS.test(one)) ?? values[0] ?? '';
  const found = extractWWWAuthenticateParams(new Response(null, { headers: { 'www-authenticate': value } }));
  return {
    resourceMetadataUrl: found.resourceMetadataUrl?.href ?? null,
    scope: found.scope?.slice(0, SCOPE_CHARACTERS_MAX) ?? null,
    error: found.error ?? null,
  };
}

/** RFC 9728. A server that names no metadata may have none: then it is null. */
async function findResource(
  fetchFn: FetchLike,
  url: string,
  named: string | null,
): Promise<OAuthProtectedResourceMetadata | null> {
  try {
    const options = named === null ? {} : { resourceMetadataUrl: named };
    return await discoverOAuthProtectedResourceMetadata(url, options, fetchFn);
  } catch (error) {
    if (named === null && !(error instanceof TypeError)) return null; // it answered, with something else
    throw explainFailure(error, 'The description of the sign-in', named ?? url);
  }
}

const address = z.string().max(2_000);
const words = z.array(z.string().max(100)).max(100);
/** Bounds of the texts that are kept; the issuer goes into the audit trail for good. */
const boundedSchema = z.looseObject({
  issuer: address,
  authorization_endpoint: address,
  token_endpoint: address,
  registration_endpoint: address.optional(),
  revocation_endpoint: address.optional(),
  response_types_supported: words,
  token_endpoint_auth_methods_supported: words.optional(),
});

function checkSize(metadata: AuthorizationServerMetadata, resource: string): void {
  if (boundedSchema.safeParse(metadata).success && address.safeParse(resource).success) return;
  throw signInFailed('The description of the sign-in has texts that are too long.', 'Ask those who run the server.');
}

/** The addresses that a browser or a secret is sent to. */
function checkEndpoints(metadata: AuthorizationServerMetadata, isTrusted: (url: string) => boolean): void {
  const { authorization_endpoint: page, token_endpoint: token, code_challenge_methods_supported: methods } = metadata;
  for (const url of [page, token]) {
    if (URL.canParse(url) && (new URL(url).protocol === 'https:' || isTrusted(url))) continue;
    throw signInFailed('The authorization server has an address without HTTPS.', 'Ask those who run the server.');
  }
  if (methods?.includes('S256')) return;
  throw signInFailed(
    'The authorization server does not support PKCE with S256, which MCP demands.',
    'Enter a token of the server instead.',
  );
}

const scopeOf = (
  challenge: Challenge,
  resource: OAuthProtectedResourceMetadata | null,
  metadata: AuthorizationServerMetadata,
): string | null => {
  const wanted = challenge.scope ?? resource?.scopes_supported?.join(' ') ?? null;
  if (wanted === null || wanted === '') return null;
  const refreshable = metadata.scopes_supported?.includes('offline_access') ? 'offline_access' : undefined;
  return (computeScopeUnion(wanted, refreshable) ?? '').slice(0, SCOPE_CHARACTERS_MAX);
};

/**
 * Finds where one signs in for a server: protected resource metadata (RFC 9728), then the metadata of the authorization
 * server it names (RFC 8414, or OpenID Connect Discovery). Servers of MCP 2025-03-26 have only the latter, at their own
 * origin. Null if the server describes no sign-in at all. @throws UserError
 */
export async function discoverSignIn(
  fetchFn: FetchLike,
  url: string,
  challenge: Challenge,
  isTrusted: (url: string) => boolean,
): Promise<SignInPlace | null> {
  const resource = await findResource(fetchFn, url, challenge.resourceMetadataUrl);
  if (resource && !checkResourceAllowed({ requestedResource: url, configuredResource: resource.resource })) {
    throw signInFailed(
      'The description of the sign-in belongs to another server.',
      'Check the address of the server, or ask those who run it.',
    );
  }
  const issuer = resource?.authorization_servers?.[0] ?? new URL('/', url).href;
  let metadata: AuthorizationServerMetadata | undefined;
  try {
    metadata = await discoverAuthorizationServerMetadata(issuer, { fetchFn });
  } catch (error) {
    if (resource === null && !(error instanceof TypeError)) return null;
    throw explainFailure(error, 'The description of the authorization server', issuer);
  }
  if (!metadata) {
    if (resource === null) return null;
    throw signInFailed(`${new URL(issuer).host} does not describe how to sign in.`, 'Ask those who run the server.');
  }
  checkEndpoints(metadata, isTrusted);
  checkSize(metadata, resource?.resource ?? url);
  return { metadata, resource: resource?.resource ?? url, scope: scopeOf(challenge, resource, metadata) };
}
