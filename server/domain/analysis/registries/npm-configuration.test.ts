import { expect, test } from 'vitest';
import { withoutCredentials } from './npm-configuration.ts';

const CONFIGURATION = {
  registry: 'https://registry.example.com/',
  strictSSL: true,
  '@open:registry': 'https://open.example.com/',
  '@team:registry': 'https://packages.example.com/team/npm',
  '//packages.example.com/team/:_authToken': 'secret',
  '//registry.example.com/:_authToken': 'secret',
};

test('members get neither credentials nor the registries of scopes that need them', () => {
  expect(withoutCredentials(CONFIGURATION, null)).toEqual({
    registry: 'https://registry.example.com/',
    strictSSL: true,
    '@open:registry': 'https://open.example.com/',
  });
});

test('members share the credentials of the registry that the operator named for everyone', () => {
  expect(withoutCredentials(CONFIGURATION, 'https://registry.example.com')).toEqual({
    registry: 'https://registry.example.com/',
    strictSSL: true,
    '@open:registry': 'https://open.example.com/',
    '//registry.example.com/:_authToken': 'secret',
  });
});

test('credentials of one host or path do not count for another that begins alike', () => {
  const kept = {
    '@team:registry': 'https://packages.example.com/teams/',
    '@other:registry': 'https://packages.example.com.evil/team/',
  };
  expect(withoutCredentials({ ...CONFIGURATION, ...kept }, null)).toMatchObject(kept);
});
