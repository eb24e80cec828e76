import { expect, test } from 'vitest';
import { createTokenCheck } from './token.ts';

test('accepts its own token alone', () => {
  const accepts = createTokenCheck('token');
  expect(accepts('token')).toBe(true);
  for (const given of ['', 'token ', 'tokens', 'tokem', undefined, ['token']]) expect(accepts(given)).toBe(false);
});

test('lets everybody in without a token', () => {
  expect(createTokenCheck(undefined)(undefined)).toBe(true);
});
