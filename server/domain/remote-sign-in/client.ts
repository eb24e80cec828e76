import { type FetchLike, registerClient } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { invalidInput, UserError } from '../errors.ts';
import { isPublicAddress } from '../outbound/safe-fetch.ts';
import type { SignInPlace } from './discover.ts';
import { explainFailure } from './explain.ts';

const CHARACTERS_MAX = 2_000;

/** How an authorization server knows Catwalk. Holds a secret. */
export const remoteClientSchema = z.object({
  client_id: z.string().max(CHARACTERS_MAX),
  client_secret: z.string().max(CHARACTERS_MAX).optional(),
  token_endpoint_auth_method: z.string().max(CHARACTERS_MAX).optional(),
  /** Seconds since 1970; 0 for never (RFC 7591, section 3.2.1). */
  client_secret_expires_at: z.number().optional(),
  /** Its issuer and redirect address: it works nowhere else. */
  issuer: z.string(),
  redirectUri: z.string(),
});
export type RemoteClient = z.infer<typeof remoteClientSchema>;

/** A client that the owner registered by hand. */
export type EnteredClient = { clientId: string; clientSecret: string | null };

export const callbackUrl = (publicUrl: string): string => `${publicUrl}/api/remote/callback`;
export const documentUrl = (publicUrl: string): string => `${publicUrl}/api/remote/client.json`;

const NAME = 'Catwalk';
const GRANT_TYPES = ['authorization_code', 'refresh_token'];

/** The document that describes Catwalk as a client (draft-ietf-oauth-client-id-metadata-document). */
export const clientDocument = (publicUrl: string) => ({
  client_id: documentUrl(publicUrl),
  client_name: NAME,
  client_uri: publicUrl,
  redirect_uris: [callbackUrl(publicUrl)],
  grant_types: GRANT_TYPES,
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  application_type: 'web',
});

/** Names of inner networks (RFC 6761, RFC 6762, RFC 8375, and ICANN's reservation of `internal`). */
const INNER_NAME = /(?:^|\.)(?:localhost|local|internal|test|invalid|home\.arpa)$/i;

/** Reports whether an authorization server on the internet can fetch documents of this origin. */
export function isReachable(publicUrl: string): boolean {
  const { protocol, hostname } = new URL(publicUrl);
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:' || INNER_NAME.test(hostname)) return false;
  return /^[\d.]+$|:/.test(literal) ? isPublicAddress(literal) : hostname.includes('.');
}

/** Of the ways that the server offers, the one with the least to keep. Without a list, the default of RFC 8414. */
const authMethodOf = ({ token_endpoint_auth_methods_supported: offered }: SignInPlace['metadata']): string => {
  const methods = offered ?? ['client_secret_basic'];
  return ['none', 'client_secret_basic', 'client_secret_post'].find((one) => methods.includes(one)) ?? 'none';
};

export type ClientChoice = {
  fetchFn: FetchLike;
  publicUrl: string;
  entered: EnteredClient | null;
  /** The client of the sign-in before, if there was one. */
  known: RemoteClient | null;
  nowMs: number;
};

/**
 * Chooses the client to sign in with: the one that the owner entered, then a document where the authorization server
 * reads documents and can reach ours, then the known one, then a registration (RFC 7591). @throws UserError
 */
export async function chooseClient({ metadata }: SignInPlace, choice: ClientChoice): Promise<RemoteClient> {
  const { publicUrl, entered, known, fetchFn } = choice;
  const home = { issuer: metadata.issuer, redirectUri: callbackUrl(publicUrl) };
  if (entered) {
    checkLength('clientId', entered.clientId);
    checkLength('clientSecret', entered.clientSecret ?? '');
    const secret = entered.clientSecret === null ? {} : { client_secret: entered.clientSecret };
    return { client_id: entered.clientId, ...secret, ...home };
  }
  if (metadata.client_id_metadata_document_supported === true && isReachable(publicUrl))
    return { client_id: documentUrl(publicUrl), token_endpoint_auth_method: 'none', ...home };
  const endsAt = (known?.client_secret_expires_at ?? 0) * 1_000;
  const isCurrent = endsAt === 0 || endsAt > choice.nowMs;
  if (known && known.issuer === home.issuer && known.redirectUri === home.redirectUri && isCurrent) return known;
  if (metadata.registration_endpoint === undefined) throw needsClient(metadata.issuer, home.redirectUri);
  const { client_id: _, ...described } = clientDocument(publicUrl);
  const isLoopback = new URL(publicUrl).protocol === 'http:';
  const clientMetadata = {
    ...described,
    token_endpoint_auth_method: authMethodOf(metadata),
    application_type: isLoopback ? 'native' : 'web', // RFC 8252: http is for programs on the user's computer
  };
  try {
    const registered = await registerClient(metadata.issuer, { metadata, clientMetadata, fetchFn });
    return remoteClientSchema.parse({ ...registered, ...home });
  } catch (error) {
    throw explainFailure(error, 'The registration', metadata.registration_endpoint);
  }
}

function checkLength(field: string, text: string): void {
  if (text.length <= CHARACTERS_MAX) return;
  const message = `Enter up to ${CHARACTERS_MAX} characters.`;
  throw invalidInput('The client has a text that is too long.', [{ field, message }]);
}

const needsClient = (issuer: string, redirectUri: string): UserError => {
  const { host } = new URL(issuer);
  return new UserError('INVALID_INPUT', `${host} accepts only clients that were registered by hand.`, {
    kind: 'invalid-input',
    hint: `Register a client there with the redirect address ${redirectUri}, and enter its id.`,
    fields: [{ field: 'clientId', message: `Enter the id of a client that is registered at ${host}.` }],
  });
};
