import { expect, test } from 'vitest';
import { createKnownSecrets } from './known-secrets.ts';

test('takes the tokens of remote servers out of text, and leaves the addresses beside them', () => {
  const known = createKnownSecrets();
  const client = { client_id: 'catwalk-client', client_secret: 'secret-of-the-client', issuer: 'https://auth.example' };
  const connection = {
    url: 'https://mcp.example/mcp',
    client,
    accessToken: 'access-of-ann',
    refreshToken: 'refresh-of-ann',
  };
  known.rememberOpened(JSON.stringify(connection), { purpose: 'remote-connection' });
  known.rememberOpened(JSON.stringify({ client, codeVerifier: 'verifier-of-ann' }), { purpose: 'remote-sign-in' });
  const words = ['access-of-ann', 'refresh-of-ann', 'verifier-of-ann', 'secret-of-the-client', 'https://auth.example'];
  expect(known.redact(words.join(' '))).toBe('[redacted] [redacted] [redacted] [redacted] https://auth.example');
});

test('remembers nothing of an envelope in another form', () => {
  const known = createKnownSecrets();
  for (const plaintext of ['no json at all', '{}', '[]'])
    known.rememberOpened(plaintext, { purpose: 'remote-connection' });
  expect(known.redact('no json at all {} []')).toBe('no json at all {} []');
});
