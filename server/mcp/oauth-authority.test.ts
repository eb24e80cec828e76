import { expect, test } from 'vitest';
import { Secret } from '#server/domain/credentials/secret.ts';
import { createAccessTokens } from '#server/domain/oauth/access-token.ts';
import { createOAuthKeys } from '#server/domain/oauth/keys.ts';
import { createOAuthAuthority } from './oauth-authority.ts';
import { RouteUnavailableError } from './route-table.ts';

const PUBLIC_URL = 'https://catwalk.example';
const CLAIMS = { grantId: 'g', connectionId: 'c', clientId: 'claude', userId: 'ann' };
const HOUR_MS = 3_600_000;

function open(outageMsMax?: number) {
  const asked: string[] = [];
  let verifications = 0;
  let nowMs = 1_700_000_000_000;
  /** The answer of the database; an error while it is away. */
  let live: boolean | Error = true;
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
        if (live instanceof Error) throw live;
        return live;
      },
    },
    nowMs: () => nowMs,
    outageMsMax,
  });
  return {
    ...authority,
    verify: (deploymentId: string, bearer: string, view: string | null = null) =>
      authority.verify(deploymentId, bearer, view),
    challenge: (deploymentId: string, hasBearer: boolean, view: string | null = null) =>
      authority.challenge(deploymentId, hasBearer, view),
    tokens,
    asked,
    pass: (ms: number) => (nowMs += ms),
    answer: (next: boolean | Error) => {
      live = next;
    },
    verifications: () => verifications,
  };
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

test('a token of a view is good at the address of this view alone, and one of the server at each address', async () => {
  const { tokens, verify, challenge } = open();
  const bound = await tokens.issue('one', { ...CLAIMS, view: { id: 'v1', name: 'triage' } });
  expect(await verify('one', bound, 'triage')).toMatchObject({ kind: 'oauth', viewId: 'v1' });
  for (const at of [null, 'other']) expect(await verify('one', bound, at)).toBeNull();
  expect(await verify('two', bound, 'triage')).toBeNull();
  const whole = await tokens.issue('one', CLAIMS);
  for (const at of [null, 'triage']) expect(await verify('one', whole, at)).not.toHaveProperty('viewId');
  expect(challenge('one', false, 'triage')).toContain('/.well-known/oauth-protected-resource/api/mcp/one/v/triage"');
});

test('looks up no grant for a token of another server or deployment', async () => {
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

test('a challenge names the metadata, and the error of a bearer that is not valid', () => {
  const { challenge } = open();
  const where = 'resource_metadata="https://catwalk.example/.well-known/oauth-protected-resource/api/mcp/one"';
  expect(challenge('one', false)).toBe(`Bearer ${where}, scope="mcp"`);
  expect(challenge('one', true)).toContain(`Bearer ${where}, scope="mcp", error="invalid_token"`);
});

test('refuses the token of a grant that was revoked', async () => {
  const { tokens, verify, isLive, answer } = open();
  const token = await tokens.issue('one', CLAIMS);
  const grant = await verify('one', token);
  if (grant === null) throw new Error('The token is valid.');
  expect(await isLive('one', grant)).toBe(true);
  answer(false);
  expect(await verify('one', token)).toBeNull();
  expect(await isLive('one', grant)).toBe(false);
});

test('believes a live grant for a minute while it cannot be looked up', async () => {
  const { tokens, verify, answer, pass } = open();
  const token = await tokens.issue('one', CLAIMS);
  await verify('one', token);
  answer(new Error('away'));
  pass(60_000);
  expect(await verify('one', token)).toMatchObject({ kind: 'oauth' });
  pass(1);
  await expect(verify('one', token)).rejects.toThrow(RouteUnavailableError);
});

test('believes every live grant while they cannot be looked up, not only the latest', async () => {
  const { tokens, verify, answer } = open();
  const first = await tokens.issue('one', CLAIMS);
  const second = await tokens.issue('one', { ...CLAIMS, grantId: 'g2' });
  for (const token of [first, second]) await verify('one', token);
  answer(new Error('away'));
  expect(await verify('one', first)).toMatchObject({ grantId: 'g' });
  expect(await verify('one', second)).toMatchObject({ grantId: 'g2' });
});

test('believes no grant that was not looked up before, or was revoked', async () => {
  const { tokens, verify, answer } = open(3_600_000);
  const token = await tokens.issue('one', CLAIMS);
  answer(new Error('away'));
  await expect(verify('one', token)).rejects.toThrow(RouteUnavailableError);
  answer(true);
  await verify('one', token);
  answer(false);
  await verify('one', token);
  answer(new Error('away'));
  await expect(verify('one', token)).rejects.toThrow(RouteUnavailableError);
});

test('verifies the oldest of ten thousand tokens again', async () => {
  let verifications = 0;
  const authority = createOAuthAuthority({
    publicUrl: PUBLIC_URL,
    accessTokens: {
      verify: async (_deploymentId, token) => {
        verifications += 1;
        return { ...CLAIMS, grantId: token, expiresAtMs: 1 };
      },
    },
    grants: { isLive: async () => true },
    nowMs: () => 0,
  });
  for (let i = 0; i <= 10_000; i += 1) await authority.verify('one', `t${i}`, null);
  await authority.verify('one', 't1', null);
  await authority.verify('one', 't10000', null);
  expect(verifications).toBe(10_001);
  await authority.verify('one', 't0', null);
  expect(verifications).toBe(10_002);
});
