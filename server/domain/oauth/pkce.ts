import { timingSafeEqual } from 'node:crypto';
import { hashSecret } from '../secret-hash.ts';

const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Reports whether the challenge was made of this verifier (RFC 7636, section 4.6, S256). */
export function provesChallenge(verifier: string, challenge: string): boolean {
  if (!VERIFIER.test(verifier)) return false;
  const [made, wanted] = [hashSecret(verifier), Buffer.from(challenge, 'base64url')];
  return made.length === wanted.length && timingSafeEqual(made, wanted);
}
