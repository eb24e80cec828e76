import { describe, expect, test } from 'vitest';
import { newAccessToken } from '#server/domain/access/token.ts';
import { authorize, type Grant, isStillGranted, type OAuthAuthority, toCaller, toPrincipal } from './access.ts';
import { testRoute } from './route.testing.ts';

const NOW_MS = 1_000_000;
const address = () => '203.0.113.1';
const { token, hash } = newAccessToken();
const tokens = (expiresAtMs: number | null) => [{ id: 't1', hash, expiresAtMs }];

const OAUTH: Grant = {
  kind: 'oauth',
  grantId: 'g',
  connectionId: 'c',
  clientId: 'https://client.example/id',
  subject: 'ann:1',
  expiresAtMs: null,
};
const authority = (live: boolean): OAuthAuthority => ({
  verify: async () => null,
  isLive: async () => live,
  challenge: () => '',
});

describe('authorize', () => {
  test('opens with a token of the deployment until the millisecond of its expiry', () => {
    const granted = { kind: 'token', tokenId: 't1' };
    expect(authorize(testRoute({ tokens: tokens(null) }), token, address, NOW_MS)).toMatchObject(granted);
    expect(authorize(testRoute({ tokens: tokens(NOW_MS + 1) }), token, address, NOW_MS)).toMatchObject(granted);
    expect(authorize(testRoute({ tokens: tokens(NOW_MS) }), token, address, NOW_MS)).toBeNull();
  });

  test('keeps the right of a token that a caller of a public deployment sends', () => {
    const route = testRoute({ access: 'PUBLIC', tokens: tokens(null) });
    expect(authorize(route, token, address, NOW_MS)).toMatchObject({ kind: 'token' });
    expect(authorize(route, newAccessToken().token, address, NOW_MS)).toEqual({ kind: 'public', address: address() });
    expect(authorize(route, null, address, NOW_MS)).toEqual({ kind: 'public', address: address() });
  });

  test('refers only foreign bearers of an OAuth deployment to the authorization server', () => {
    const route = testRoute({ access: 'OAUTH', tokens: tokens(null) });
    expect(authorize(route, 'eyJ', address, NOW_MS)).toBe('ask-oauth');
    expect(authorize(route, token, address, NOW_MS)).toMatchObject({ kind: 'token' });
    expect(authorize(route, newAccessToken().token, address, NOW_MS)).toBeNull();
    expect(authorize(route, null, address, NOW_MS)).toBeNull();
    expect(authorize(testRoute({ tokens: tokens(null) }), 'eyJ', address, NOW_MS)).toBeNull();
  });
});

describe('isStillGranted', () => {
  const byToken: Grant = { kind: 'token', tokenId: 't1', expiresAtMs: null };
  const byAddress: Grant = { kind: 'public', address: '203.0.113.1' };

  test.each<[string, Parameters<typeof testRoute>[0], Grant, OAuthAuthority | null, boolean]>([
    ['a token that is still listed', { tokens: tokens(null) }, byToken, null, true],
    ['a token that was revoked', { tokens: [] }, byToken, null, false],
    ['a token that expired', { tokens: tokens(NOW_MS) }, byToken, null, false],
    ['another token', { tokens: tokens(null) }, { ...byToken, tokenId: 't2' }, null, false],
    ['a caller of a public deployment', { access: 'PUBLIC' }, byAddress, null, true],
    ['a caller of a deployment that is no longer public', { access: 'TOKEN' }, byAddress, null, false],
    ['a connected client', { access: 'OAUTH' }, OAUTH, authority(true), true],
    ['a disconnected client', { access: 'OAUTH' }, OAUTH, authority(false), false],
    ['a client without an authorization server', { access: 'OAUTH' }, OAUTH, null, false],
    ['a client of a deployment without OAuth', { access: 'TOKEN' }, OAUTH, authority(true), false],
    ['a client whose token expired', { access: 'OAUTH' }, { ...OAUTH, expiresAtMs: NOW_MS }, authority(true), false],
  ])('%s', async (_who, values, grant, oauth, expected) => {
    expect(await isStillGranted(testRoute(values), grant, oauth, NOW_MS)).toBe(expected);
  });
});

test('takes the addresses of an IPv6 network for one caller of a public deployment', () => {
  const principalOf = (address: string) => toPrincipal({ kind: 'public', address });
  expect(principalOf('2001:db8:1:2::1')).toBe(principalOf('2001:db8:1:2:ffff::9'));
  expect(principalOf('2001:db8:1:2::1')).not.toBe(principalOf('2001:db8:1:3::1'));
});

test('names callers for the host without ambiguity, and for usage without an address', () => {
  const grants: Grant[] = [
    { kind: 'token', tokenId: 't1', expiresAtMs: null },
    OAUTH,
    { kind: 'public', address: '203.0.113.1' },
  ];
  expect(grants.map(toPrincipal)).toEqual([
    'token:t1',
    'oauth:https%3A%2F%2Fclient.example%2Fid:ann%3A1',
    'address:203.0.113.1',
  ]);
  expect(grants.map(toCaller)).toEqual(['t1', 'c', 'public']);
});
