import { createHmac, hkdfSync } from 'node:crypto';
import type { Secret } from '#server/domain/credentials/secret.ts';

const KEY_BYTES = 32;

/**
 * The authorization server's keys for signing and deriving. All instances have the same, since they share AUTH_SECRET.
 */
export type OAuthKeys = {
  /** Signs access tokens. */
  accessToken: Uint8Array;
  /** Derives from a text a value that cannot be guessed without the key: 256 bits, as base64url. */
  derive: (purpose: 'client-id' | 'client-secret' | 'code' | 'refresh-token', text: string) => string;
};

/** One key for each purpose (RFC 5869), so that none of them says anything about another. */
export function createOAuthKeys(authSecret: Secret): OAuthKeys {
  const keyFor = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', authSecret.reveal(), '', `catwalk oauth ${purpose}`, KEY_BYTES));
  const keys = {
    'client-id': keyFor('client-id'),
    'client-secret': keyFor('client-secret'),
    code: keyFor('code'),
    'refresh-token': keyFor('refresh-token'),
  };
  return {
    accessToken: keyFor('access-token'),
    derive: (purpose, text) => createHmac('sha256', keys[purpose]).update(text).digest('base64url'),
  };
}
