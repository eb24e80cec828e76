import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { invalidInput } from '#server/domain/errors.ts';

const TEXT_CHARACTERS_MAX = 20_000;
const KEYS_MAX = 10;
const RSA_BITS_MIN = 2_048;
const CURVES = ['prime256v1', 'secp384r1'];

const jwkSchema = z.looseObject({ kty: z.string(), kid: z.string().max(200).optional() });
const jwksSchema = z.object({ keys: z.array(jwkSchema).min(1).max(KEYS_MAX) });

/**
 * Reads the public keys of a machine client: PEM (SPKI), a JWK, or a JWK set. Only what verifies is kept.
 * @throws UserError INVALID_INPUT, for a private key too
 */
export function readPublicKeys(text: string): JSONWebKeySet {
  if (text.length > TEXT_CHARACTERS_MAX) throw refuse('The public key is too long.');
  if (/PRIVATE KEY/.test(text)) throw refusePrivate();
  if (text.trimStart().startsWith('-----BEGIN')) return { keys: [toJwk(importKey(text))] };
  const jwks = readJwks(text);
  return {
    keys: jwks.map((jwk) => {
      if ('d' in jwk || 'k' in jwk) throw refusePrivate();
      const key = importKey({ key: jwk as JsonWebKey, format: 'jwk' }); // what is not a key is refused by the import
      return { ...toJwk(key), ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) };
    }),
  };
}

/** The keys as jose looks them up. A single key without a `kid` verifies whatever `kid` the client writes. */
export function localKeys(jwks: JSONWebKeySet): JWTVerifyGetKey {
  const keys = createLocalJWKSet(jwks);
  const [only, ...more] = jwks.keys;
  if (only === undefined || only.kid !== undefined || more.length > 0) return keys;
  return ({ kid: _, ...header }, token) => keys(header, token);
}

function readJwks(text: string): z.infer<typeof jwkSchema>[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse('The public key is neither PEM nor a JWK.');
  }
  const set = jwksSchema.safeParse(json);
  if (set.success) return set.data.keys;
  const single = jwkSchema.safeParse(json);
  if (single.success) return [single.data];
  throw refuse(`The public key is not a JWK, nor a set of 1 to ${KEYS_MAX}.`);
}

function importKey(input: Parameters<typeof createPublicKey>[0]): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(input);
  } catch {
    throw refuse('The public key cannot be read.');
  }
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const isAllowed =
    key.asymmetricKeyType === 'ed25519' ||
    (key.asymmetricKeyType === 'rsa' && modulusLength >= RSA_BITS_MIN) ||
    (key.asymmetricKeyType === 'ec' && CURVES.includes(namedCurve));
  if (!isAllowed) throw refuse(`A public key is RSA with at least ${RSA_BITS_MIN} bits, P-256, P-384 or Ed25519.`);
  return key;
}

const toJwk = (key: KeyObject): JSONWebKeySet['keys'][number] =>
  // the export of a public key names its type
  key.export({ format: 'jwk' }) as JSONWebKeySet['keys'][number];

const refuse = (message: string) => invalidInput(message, [{ field: 'publicKey', message }]);
const refusePrivate = () => {
  const message = 'This is a private key. Keep it with the client, and give its public key here.';
  return invalidInput(message, [{ field: 'publicKey', message }]);
};
