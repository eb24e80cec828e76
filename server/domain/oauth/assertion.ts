import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** Public keys alone: a list that held HS256 would take a public key for a shared secret. */
export const ASSERTION_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];
/** An assertion that names a later end is refused, so that what was used need not be remembered for longer. */
export const ASSERTION_LIFETIME_MS_MAX = 60 * 60_000;
const CLOCK_SKEW_SECONDS = 30;
const JTI_CHARACTERS_MAX = 500;

export type AssertionTerms = {
  issuer: string;
  /** Any one of them. */
  audience: readonly string[];
  subject?: string;
  /** The `typ` of its header. */
  typ?: string;
};

/** Claims of an assertion that may be used once, until `usableUntil`. */
export type SingleUse = { payload: JWTPayload; jti: string; usableUntil: Date };

/** An assertion was refused, or its keys were away (`isRefused` is false). The message is a sentence for the client. */
export class AssertionError extends Error {
  readonly isRefused: boolean;

  constructor(message: string, isRefused = true) {
    super(message);
    this.name = 'AssertionError';
    this.isRefused = isRefused;
  }
}

/** Verifies a signed assertion (RFC 7523, section 3). @throws AssertionError */
export async function verifyAssertion(
  jwt: string,
  keys: JWTVerifyGetKey,
  { issuer, audience, subject, typ }: AssertionTerms,
  now: Date,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(jwt, keys, {
      algorithms: ASSERTION_ALGORITHMS,
      issuer,
      audience: [...audience],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: now,
      ...(subject === undefined ? {} : { subject }),
      ...(typ === undefined ? {} : { typ }),
    });
    return payload;
  } catch (error) {
    throw explain(error);
  }
}

/** Checks that an assertion can be remembered until it ends: it needs a `jti` and a near end. @throws AssertionError */
export function readSingleUse(payload: JWTPayload, now: Date): SingleUse {
  const { jti, exp = 0 } = payload;
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_CHARACTERS_MAX) {
    throw new AssertionError('The assertion names no jti, which makes it usable once.');
  }
  if (exp * 1_000 - now.getTime() > ASSERTION_LIFETIME_MS_MAX) {
    throw new AssertionError('The assertion is valid for more than an hour.');
  }
  return { payload, jti, usableUntil: new Date((exp + CLOCK_SKEW_SECONDS) * 1_000) };
}

const CLAIMS: Record<string, string> = {
  aud: 'The assertion is for another audience.',
  iss: 'The assertion is of another issuer.',
  sub: 'The assertion is about another subject.',
  exp: 'The assertion names no expiry.',
  nbf: 'The assertion is not valid yet.',
  typ: 'The assertion has another type.',
};

function explain(error: unknown): AssertionError {
  if (error instanceof errors.JWTExpired) return new AssertionError('The assertion has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new AssertionError(CLAIMS[error.claim] ?? 'A claim of the assertion is not valid.');
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new AssertionError('The assertion is signed with an algorithm that is not allowed.');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return new AssertionError('The assertion is not signed with a key of its issuer.');
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return new AssertionError('The assertion does not name the key that signed it.');
  }
  if (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported
  ) {
    return new AssertionError('The assertion cannot be read.');
  }
  return new AssertionError('The keys of the issuer cannot be fetched.', false);
}
