import { z } from 'zod';
import { readBounded } from '#deploy/read-bounded.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { SafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { AUTH_METHODS, type Client, isAuthMethod, presentableName } from './client.ts';
import { OAuthError } from './errors.ts';
import { isAllowedRedirectUri } from './redirect-uri.ts';

const DOCUMENT_BYTES_MAX = 64 * 1024;
const FETCH_MS_MAX = 5_000;
const CACHE_MS_DEFAULT = 10 * 60_000;
const CACHE_MS_MAX = 24 * 60 * 60_000;
/** So long a failure is remembered: a stranger must not make this server ask a third one over and over. */
const FAILURE_MS = 30_000;
const ENTRIES_MAX = 1_000;

const documentSchema = z.object({
  client_id: z.string(),
  client_name: z.string().max(500).optional(),
  client_uri: z.string().max(2_000).optional(),
  redirect_uris: z.array(z.string().max(2_000)).min(1).max(50),
  token_endpoint_auth_method: z.string().optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  jwks_uri: z.string().max(2_000).optional(),
});

export interface ClientDocuments {
  /** The client whose id is this address. Throws OAuthError when its document cannot be had or does not describe it. */
  read(clientId: string): Promise<Client>;
}

/** The document could not be fetched, which says nothing of what it would have said. */
export class DocumentUnreachableError extends OAuthError {}

/** Documents where none are fetched: their clients are known no longer, and register. */
export const NO_CLIENT_DOCUMENTS: ClientDocuments = {
  read: async () => {
    throw new DocumentUnreachableError(
      'invalid_client',
      'This server fetches no client documents. Register the client.',
    );
  },
};

/**
 * Reports whether a client_id is the address of a document (draft-ietf-oauth-client-id-metadata-document, section 3).
 */
export function isDocumentAddress(clientId: string): boolean {
  if (!/^https?:\/\//.test(clientId) || !URL.canParse(clientId)) return false;
  const url = new URL(clientId);
  return (
    url.href === clientId &&
    url.pathname !== '/' &&
    !clientId.includes('#') &&
    url.username === '' &&
    url.password === ''
  );
}

type Entry = { until: number; client: Promise<Client> };

/**
 * Client id metadata documents. `fetch` is guarded: it goes to public addresses over HTTPS only, checked when it
 * connects, and follows no redirects.
 */
export function createClientDocuments({
  fetch,
  nowMs,
  onUnreachable,
}: {
  fetch: SafeFetch;
  nowMs: () => number;
  /** Called when the host of a document gave no answer. */
  onUnreachable?: () => void;
}): ClientDocuments {
  const entries = new Map<string, Entry>();

  const load = (clientId: string): Entry => {
    const entry: Entry = {
      until: Number.POSITIVE_INFINITY, // concurrent callers wait for the same answer
      client: fetchDocument(fetch, clientId)
        .then(({ document, cacheMs }) => {
          const client = toClient(clientId, document);
          entry.until = nowMs() + cacheMs;
          return client;
        })
        .catch((error: unknown) => {
          entry.until = nowMs() + FAILURE_MS;
          if (error instanceof DocumentUnreachableError) onUnreachable?.();
          throw error;
        }),
    };
    return entry;
  };

  return {
    read: (clientId) => {
      const kept = entries.get(clientId);
      if (kept && kept.until > nowMs()) return kept.client;
      entries.delete(clientId);
      forgetOldest(entries, ENTRIES_MAX - 1);
      const entry = load(clientId);
      entries.set(clientId, entry);
      return entry.client;
    },
  };
}

async function fetchDocument(fetch: SafeFetch, clientId: string): Promise<{ document: unknown; cacheMs: number }> {
  const { host } = new URL(clientId);
  try {
    const signal = AbortSignal.timeout(FETCH_MS_MAX);
    const response = await fetch(clientId, {
      headers: { accept: 'application/json', 'user-agent': 'catwalk' },
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new DocumentUnreachableError(
        'invalid_client',
        `${host} answered ${response.status} for the client document.`,
      );
    }
    const text = await readDocument(response, DOCUMENT_BYTES_MAX);
    return { document: JSON.parse(text), cacheMs: cacheMsOf(response.headers.get('cache-control')) };
  } catch (cause) {
    if (cause instanceof OAuthError) throw cause;
    if (cause instanceof SyntaxError)
      throw new OAuthError('invalid_client', `The client document of ${host} is not JSON.`);
    throw new DocumentUnreachableError(
      'invalid_client',
      `The client document of ${host} could not be fetched. Register the client.`,
    );
  }
}

/** Reads the text of an answer. Throws OAuthError beyond so many bytes. */
export async function readDocument({ body }: Response, bytesMax: number): Promise<string> {
  const bytes = await readBounded(body, bytesMax);
  if (bytes === null) throw new OAuthError('invalid_client', 'A document of the client is too large.');
  return bytes.toString('utf8');
}

function toClient(clientId: string, document: unknown): Client {
  const refuse = (why: string) => new OAuthError('invalid_client', `The client document is not valid: ${why}.`);
  const { data, error } = documentSchema.safeParse(document);
  if (!data) throw refuse(`see ${error.issues[0]?.path.join('.') || 'its type'}`);
  if (data.client_id !== clientId) throw refuse('its client_id is not its own address');
  const redirectUris = data.redirect_uris.filter(isAllowedRedirectUri);
  if (redirectUris.length === 0) throw refuse('none of its redirect_uris is allowed');
  const methods = [data.token_endpoint_auth_method ?? 'none', ...(data.token_endpoint_auth_methods_supported ?? [])];
  // a shared secret would have been shared with everybody who reads the document
  const authMethods = AUTH_METHODS.filter((one) => !one.startsWith('client_secret') && methods.includes(one)).filter(
    isAuthMethod,
  );
  if (authMethods.length === 0) throw refuse('its client must prove itself by none or by private_key_jwt');
  const jwksUri = data.jwks_uri ?? null;
  if (!authMethods.includes('none') && jwksUri === null) throw refuse('private_key_jwt needs a jwks_uri');
  return {
    id: clientId,
    source: 'DOCUMENT',
    name: presentableName(data.client_name ?? new URL(clientId).host),
    uri: data.client_uri ?? null,
    redirectUris,
    authMethods,
    jwksUri,
    secretHash: null,
    machine: null,
  };
}

function cacheMsOf(cacheControl: string | null): number {
  if (cacheControl === null) return CACHE_MS_DEFAULT;
  if (/\bno-(store|cache)\b/i.test(cacheControl)) return FAILURE_MS;
  const seconds = /\bmax-age=(\d+)/i.exec(cacheControl)?.[1];
  return seconds === undefined
    ? CACHE_MS_DEFAULT
    : Math.min(Math.max(Number(seconds) * 1_000, FAILURE_MS), CACHE_MS_MAX);
}
