import { expect, test } from 'vitest';
import { parseRegistryLogins } from './registry-logins.ts';

test('reads logins of several registries, with the names that references use', () => {
  const logins = parseRegistryLogins('ann:ghp_1@ghcr.io,bob:p%40s%2Cs:w@localhost:5000,org%40x:t@index.docker.io');
  expect([...(logins ?? [])]).toEqual([
    ['ghcr.io', { username: 'ann', password: 'ghp_1' }],
    ['localhost:5000', { username: 'bob', password: 'p@s,s:w' }],
    ['docker.io', { username: 'org@x', password: 't' }],
  ]);
});

test.each([
  '',
  'ghcr.io',
  'ann@ghcr.io',
  'ann:@ghcr.io',
  ':secret@ghcr.io',
  'ann:secret@',
  'ann:secret@name',
  'ann:secret@ghcr.io/owner',
  'ann:secret@ghcr.io,',
  'ann:a@ghcr.io,ann:b@ghcr.io',
  'ann:%E0%A4%A@ghcr.io',
])('%j holds no logins', (text) => expect(parseRegistryLogins(text)).toBeNull());
