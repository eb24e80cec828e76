import { expect, test } from 'vitest';
import { Secret } from '#server/domain/credentials/secret.ts';
import { createAccessTokens } from '#server/domain/oauth/access-token.ts';
import { createOAuthKeys } from '#server/domain/oauth/keys.ts';
import { createOAuthAuthority } from './oauth-authority.ts';

const PUBLIC_URL = 'https://catwalk.example';
const CLAIMS = { grantId: 'g', connectionId: 'c', clientId: 'claude', userId: 'ann' };
const HOUR_MS = 3_600_000;

function open() {
  const asked: string[] = [];
  let verifications = 0;
  let nowMs = 1_700_000_000_000;
  const clock = () => new Date(nowMs);
  const keys = createOAuthKeys(new Secret('k'.repeat(32)));
  const tokens = createAccessTokens({ publicUrl: PUBLIC_URL, keys, clock });
  const authority = createOAuthAuthority({
    publicUrl: PUBLIC_URL,
    accessTokens: {
      verify: (deploymentId, token) => {
        verifications += 1;
        return tokens.verify(deploymentId, token);
      },
    },
    grants: {
      isLive: async (deploymentId, grantId) => {
        asked.push(`${deploymentId} ${grantId}`);
        return true;
      },
    },
    nowMs: () => nowMs,
  });
  return { ...authority, tokens, asked, pass: (ms: number) => (nowMs += ms), verifications: () => verifications };
}

test('a good token is a grant of its client and user, until it expires', async () => {
  const { tokens, verify, pass } = open();
  const token = await tokens.issue('one', CLAIMS);
  const { userId: subject, ...granted } = CLAIMS;
  const expected = { kind: 'oauth', subject, ...granted, expiresAtMs: 1_700_000_000_000 + HOUR_MS };
  expect(await verify('one', token)).toEqual(expected);
  pass(HOUR_MS);
  expect(await verify('one', token)).toBeNull();
  expect(await verify('one', token)).toBeNull();
});

test('looks no grant up for a token that is not ours, or not for this deployment', async () => {
  const { tokens, verify, asked } = open();
  const token = await tokens.issue('one', CLAIMS);
  const foreign = createAccessTokens({
    publicUrl: PUBLIC_URL,
    keys: createOAuthKeys(new Secret('x'.repeat(32))),
    clock: () => new Date(1_700_000_000_000),
  });
  for (const [deployment, bearer] of [
    ['two', token],
    ['one', await foreign.issue('one', CLAIMS)],
    ['one', `${token}x`],
    ['one', 'a.b.c'],
    ['one', ''],
  ] as const) {
    expect(await verify(deployment, bearer)).toBeNull();
  }
  expect(asked).toEqual([]);
});

test('a signature is checked once for many calls, and never across deployments', async () => {
  const { tokens, verify, asked, verifications } = open();
  const token = await tokens.issue('one', CLAIMS);
  for (let call = 0; call < 10; call += 1) await verify('one', token);
  expect(verifications()).toBe(1);
  expect(asked).toHaveLength(10);
  expect(await verify('two', token)).toBeNull();
});

test('the challenge says where to look, and that a bearer was no good', () => {
  const { challenge } = open();
  const where = 'resource_metadata="https://catwalk.example/.well-known/oauth-protected-resource/api/mcp/one"';
  expect(challenge('one', false)).toBe(`Bearer ${where}, scope="mcp"`);
  expect(challenge('one', true)).toContain(`Bearer ${where}, scope="mcp", error="invalid_token"`);
});
