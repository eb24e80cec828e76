import { expect, test } from 'vitest';
import { oauthPrincipal, readPrincipal, tokenPrincipal } from './principal.ts';

test('reads back whom a principal names, whatever characters a client id has', () => {
  const clientId = 'https://client.example/a:b?c';
  expect(readPrincipal(oauthPrincipal(clientId, 'user:1'))).toEqual({ kind: 'oauth', clientId, userId: 'user:1' });
  expect(readPrincipal(tokenPrincipal('t1'))).toEqual({ kind: 'token', tokenId: 't1' });
});

test.each(['', 'catwalk', 'address:203.0.113.1', 'oauth:only-one-part'])('reads nobody out of “%s”', (principal) => {
  expect(readPrincipal(principal)).toBeNull();
});
