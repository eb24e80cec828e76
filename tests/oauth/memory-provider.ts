import { randomBytes } from 'node:crypto';
import type { OAuthClientProvider } from '@modelcontextprotocol/client';

type Saved = {
  client?: Parameters<NonNullable<OAuthClientProvider['saveClientInformation']>>[0];
  tokens?: Parameters<OAuthClientProvider['saveTokens']>[0];
  discovery?: Parameters<NonNullable<OAuthClientProvider['saveDiscoveryState']>>[0];
  verifier?: string;
  sentTo?: URL;
};

/** The memory of an MCP client between its steps; the test is its browser. */
export function createMemoryProvider(
  metadata: object,
  redirectUrl = 'http://127.0.0.1:53682/callback',
  documentUrl?: string,
) {
  const saved: Saved = {};
  const state = randomBytes(8).toString('hex');
  return {
    redirectUrl,
    ...(documentUrl === undefined ? {} : { clientMetadataUrl: documentUrl }),
    clientMetadata: {
      client_name: 'A test client',
      redirect_uris: [redirectUrl],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      ...metadata,
    },
    state: () => state,
    clientInformation: () => saved.client,
    saveClientInformation: (client: NonNullable<Saved['client']>) => {
      saved.client = client;
    },
    tokens: () => saved.tokens,
    saveTokens: (tokens: NonNullable<Saved['tokens']>) => {
      saved.tokens = tokens;
    },
    discoveryState: () => saved.discovery,
    saveDiscoveryState: (discovery: NonNullable<Saved['discovery']>) => {
      saved.discovery = discovery;
    },
    redirectToAuthorization: (url: URL) => {
      saved.sentTo = url;
    },
    saveCodeVerifier: (verifier: string) => {
      saved.verifier = verifier;
    },
    codeVerifier: () => saved.verifier ?? '',
    /** The address that the client opens for its user. */
    sentTo: (): URL => {
      if (!saved.sentTo) throw new Error('The client did not ask for authorization.');
      return saved.sentTo;
    },
    /** Spoils the access token, as time does. Returns what there was. */
    forgeAccessToken: () => {
      const before = saved.tokens;
      if (before) saved.tokens = { ...before, access_token: 'forged' };
      return before;
    },
  };
}
