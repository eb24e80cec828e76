import { expect, test } from 'vitest';
import { hashSecret } from './secret-hash.ts';

test('keeps SHA-256 of a secret', () => {
  expect(hashSecret('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
