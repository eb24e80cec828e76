import { createHash } from 'node:crypto';

/** Encryption keys by id; the first one seals, all of them open. */
export type KeyRing = { readonly current: { kid: string; key: Uint8Array }; find(kid: string): Uint8Array | null };

const KEY_BYTES = 32;

/**
 * Reads `ENCRYPTION_KEY`: one or more `kid:base64` keys of 32 bytes, separated by commas or white space.
 * A key without an id gets one from its own hash.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, Uint8Array>();
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const colon = part.indexOf(':');
    const key = Buffer.from(part.slice(colon + 1), 'base64');
    if (key.length !== KEY_BYTES) {
      throw new Error(`ENCRYPTION_KEY: each key is ${KEY_BYTES} bytes in base64, optionally with "kid:" in front.`);
    }
    const kid = colon > 0 ? part.slice(0, colon) : createHash('sha256').update(key).digest('hex').slice(0, 8);
    keys.set(kid, key);
  }
  const first = keys.entries().next().value;
  if (!first) throw new Error('ENCRYPTION_KEY is empty.');
  return { current: { kid: first[0], key: first[1] }, find: (kid) => keys.get(kid) ?? null };
}

/** A ring whose keys can be replaced while it is in use. */
export function createKeyRing(text: string): KeyRing & { replace(text: string): void } {
  let held = parseKeyRing(text);
  return {
    get current() {
      return held.current;
    },
    find: (kid) => held.find(kid),
    replace: (next) => {
      held = parseKeyRing(next);
    },
  };
}
