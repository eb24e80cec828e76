import type { JSONWebKeySet } from 'jose';
import type { MachineGrant, OAuthClientSource } from '#prisma/generated/client/enums.ts';

/** How clients prove themselves to the token endpoint (RFC 7591, section 2; RFC 7523 for the last). */
export const AUTH_METHODS = ['none', 'client_secret_post', 'client_secret_basic', 'private_key_jwt'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

export const isAuthMethod = (text: string): text is AuthMethod => (AUTH_METHODS as readonly string[]).includes(text);

/** A program that may ask an owner to be let in. */
export type Client = {
  id: string;
  source: OAuthClientSource;
  /** The client's own name for itself: it can claim any name. */
  name: string;
  uri: string | null;
  redirectUris: readonly string[];
  /** Any one of them is enough. */
  authMethods: readonly AuthMethod[];
  jwksUri: string | null;
  secretHash: Uint8Array | null;
  /** Null for a program that a person lets in. */
  machine: MachineTerms | null;
};

/** What the owner of a deployment allowed a client that works without a person. */
export type MachineTerms = {
  grant: MachineGrant;
  /** The one deployment that it may call. */
  deploymentId: string;
  /** The one view of it that the client may call; null: any, and the whole server. */
  viewId: string | null;
  /** Its public keys, if it signs. */
  jwks: JSONWebKeySet | null;
  expiresAt: Date | null;
};

const NAME_CHARACTERS_MAX = 80;

/** A name as people are shown it: without characters that cannot be seen, or turn the text around. */
export const presentableName = (name: string | undefined): string =>
  (name ?? '').replace(/\p{C}/gu, '').trim().slice(0, NAME_CHARACTERS_MAX) || 'An MCP client without a name';

/** The host that a client is known by: that of its document, else that of the website it names. */
export function hostOf({ id, source, uri }: Pick<Client, 'id' | 'source' | 'uri'>): string | null {
  const address = source === 'DOCUMENT' ? id : uri;
  return address !== null && URL.canParse(address) ? new URL(address).host || null : null;
}
