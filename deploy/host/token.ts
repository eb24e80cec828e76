import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time, also when the lengths differ. A host without a token lets everybody in. */
export const createTokenCheck = (token: string | undefined): ((given: string | string[] | undefined) => boolean) => {
  if (token === undefined) return () => true;
  const expected = Buffer.from(token);
  const expectedDigest = digest(token);
  return (given) => {
    if (typeof given !== 'string') return false;
    const bytes = Buffer.from(given);
    // The digest comparison takes the same time for every wrong length; equal lengths spare the hash on the hot path.
    return bytes.length === expected.length
      ? timingSafeEqual(bytes, expected)
      : timingSafeEqual(digest(given), expectedDigest);
  };
};
