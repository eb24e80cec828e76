import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { provesChallenge } from './pkce.ts';

const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

test('accepts the verifier of RFC 7636, appendix B', () => {
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  expect(provesChallenge(verifier, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')).toBe(true);
  expect(provesChallenge(verifier, challengeOf('x'.repeat(43)))).toBe(false);
  expect(provesChallenge(verifier, 'short')).toBe(false);
});

test.each([
  [42, false],
  [43, true],
  [128, true],
  [129, false],
])('a verifier of %i characters is accepted: %s', (length, accepted) => {
  const verifier = 'x'.repeat(length);
  expect(provesChallenge(verifier, challengeOf(verifier))).toBe(accepted);
});

test('refuses a verifier with other characters', () => {
  const verifier = `${'x'.repeat(43)} `;
  expect(provesChallenge(verifier, challengeOf(verifier))).toBe(false);
});
