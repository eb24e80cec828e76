import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

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
  return { token, hash: hashAccessToken(token), prefix: token.slice(0, SHOWN_CHARACTERS) };
}

export const hashAccessToken = (token: string): Buffer<ArrayBuffer> =>
  // crypto.hash returns a fresh Buffer of its own; its type leaves the kind of memory open
  hash('sha256', token, 'buffer') as Buffer<ArrayBuffer>;

/** The hash of a presented token is written here: a Buffer for each would cost three times the hash itself. */
const presented = Buffer.alloc(HASH_BYTES);

/**
 * The entry whose hash is that of `token`. Every entry is compared, in constant time, so that how long it takes tells
 * nothing but how many there are.
 */
export function findByToken<T extends { hash: Uint8Array }>(entries: readonly T[], token: string): T | null {
  presented.write(hash('sha256', token, 'binary'), 'binary');
  let found: T | null = null;
  for (const entry of entries) {
    if (entry.hash.length === presented.length && timingSafeEqual(entry.hash, presented)) found = entry;
  }
  return found;
}
