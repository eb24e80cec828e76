import { expect, test } from 'vitest';
import { isDue, readTokens } from './tokens.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

test('reads what a token endpoint issues', () => {
  const tokens = { access_token: 'a', token_type: 'bearer', expires_in: 60, refresh_token: 'r', scope: 'read' };
  expect(readTokens(tokens, NOW)).toEqual({
    accessToken: 'a',
    refreshToken: 'r',
    scope: 'read',
    expiresAt: after(60),
  });
  expect(readTokens({ access_token: 'a', token_type: 'Bearer' }, NOW)).toMatchObject({ expiresAt: null });
  const long = { access_token: 'a', token_type: 'Bearer', scope: 'x'.repeat(3_000) };
  expect(readTokens(long, NOW).scope).toHaveLength(2_000);
});

test.each([
  { access_token: 'a', token_type: 'DPoP' },
  { access_token: 'a\r\nHost: b', token_type: 'Bearer' },
  { access_token: '', token_type: 'Bearer' },
  { access_token: 'a'.repeat(16_385), token_type: 'Bearer' },
  { access_token: 'a', refresh_token: 'r'.repeat(16_385), token_type: 'Bearer' },
])('refuses a token that cannot be sent: %#', (tokens) => {
  expect(() => readTokens(tokens, NOW)).toThrow('of a kind that Catwalk cannot send');
});

test.each([
  ['a minute before its end', 3_600, 3_539, false],
  ['a minute before its end', 3_600, 3_540, true],
  ['halfway where it lives shorter', 10, 4, false],
  ['halfway where it lives shorter', 10, 5, true],
])('a token is renewed %s (%i s, after %i s: %j)', (_when, lifetime, age, expected) => {
  expect(isDue({ renewedAt: NOW, expiresAt: after(lifetime) }, after(age))).toBe(expected);
});

test('a token without an end is renewed when it is refused', () => {
  expect(isDue({ renewedAt: NOW, expiresAt: null }, after(1e9))).toBe(false);
});
