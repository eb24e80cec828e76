import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hashSecret } from '../secret-hash.ts';

export const ACCESS_TOKEN_PREFIX = 'cwt_';
const SECRET_BYTES = 32;
const HASH_BYTES = 32;
/** Enough of a token to recognize it by, too little to guess it from. */
const SHOWN_CHARACTERS = ACCESS_TOKEN_PREFIX.length + 6;

export type NewAccessToken = {
  /** Shown once; only its hash is kept. */
  token: string;
  hash: Buffer<ArrayBuffer>;
  prefix: string;
};

/** A fresh bearer token: `cwt_` and 256 random bits, so that an unsalted hash is enough to keep it. */
export function newAccessToken(random: (bytes: number) => Buffer = randomBytes): NewAccessToken {
  const token = ACCESS_TOKEN_PREFIX + random(SECRET_BYTES).toString('base64url');
  return { token, hash: hashSecret(token), prefix: token.slice(0, SHOWN_CHARACTERS) };
}

/** The hash of a presented token is written here: a Buffer for each would cost three times the hash itself. */
const presented = Buffer.alloc(HASH_BYTES);

/**
 * Finds the entry whose hash is that of `token`. Every entry is compared, in constant time, so that the duration reveals
 * only the number of entries.
 */
export function findByToken<T extends { hash: Uint8Array }>(entries: readonly T[], token: string): T | null {
  presented.write(hash('sha256', token, 'binary'), 'binary');
  let found: T | null = null;
  for (const entry of entries) {
    if (entry.hash.length === presented.length && timingSafeEqual(entry.hash, presented)) found = entry;
  }
  return found;
}
