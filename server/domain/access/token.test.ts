import { expect, test } from 'vitest';
import { hashSecret } from '../secret-hash.ts';
import { findByToken, newAccessToken } from './token.ts';

test('a token has 256 bits, a prefix that names it, and a hash that finds it', () => {
  const { token, hash, prefix } = newAccessToken();
  expect(token).toMatch(/^cwt_[A-Za-z0-9_-]{43}$/);
  expect(token.startsWith(prefix)).toBe(true);
  expect(prefix).toHaveLength(10);
  expect(hash.equals(hashSecret(token))).toBe(true);
  expect(newAccessToken().token).not.toBe(token);
});

test('only the very token finds its entry', () => {
  const [a, b] = [newAccessToken(), newAccessToken()];
  const entries = [
    { id: 'a', hash: a.hash },
    { id: 'b', hash: b.hash },
  ];
  expect(findByToken(entries, a.token)?.id).toBe('a');
  expect(findByToken(entries, b.token)?.id).toBe('b');
  for (const wrong of [
    '',
    a.prefix,
    `${a.token} `,
    a.token.slice(0, -1),
    a.token.toUpperCase(),
    a.hash.toString('latin1'),
  ]) {
    expect(findByToken(entries, wrong)).toBeNull();
  }
  expect(findByToken([{ hash: new Uint8Array(3) }], a.token)).toBeNull();
  expect(findByToken([], a.token)).toBeNull();
});
