import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  CALLBACK,
  DAY_MS,
  INVALID_GRANT,
  MINUTE_MS,
  newVerifier,
  type OAuthRig,
  openOAuthRig,
} from './authorization-server.testing.ts';
import { REFRESH_LIFETIME_MS, REUSE_GRACE_MS } from './tokens.ts';

let rig: OAuthRig;
beforeAll(async () => {
  rig = await openOAuthRig();
});
afterAll(() => rig?.close());
beforeEach(() => rig.startOver());

describe('a code', () => {
  test('is exchanged for tokens of this deployment, for its client', async () => {
    const client = await rig.register('Claude');
    const tokens = await rig.connect(client);
    expect(tokens).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3_600,
      refresh_token: expect.stringMatching(/^cwr_[A-Za-z0-9_-]{43}$/),
      scope: 'mcp',
    });
    const claims = await rig.server.accessTokens.verify(rig.deploymentId, tokens.access_token);
    const grant = await rig.prisma.oAuthGrant.findUniqueOrThrow({ where: { id: claims?.grantId ?? '' } });
    expect(claims).toMatchObject({ userId: 'ann', clientId: client.id, connectionId: grant.connectionId });
    expect(grant).toMatchObject({ revokedAt: null, expiresAt: new Date(rig.nowMs + REFRESH_LIFETIME_MS) });
  });

  test.each<[string, object, boolean]>([
    ['without a redirect address', { redirectUri: null }, true],
    ['with another redirect address', { redirectUri: `${CALLBACK}/other` }, false],
    ['with another verifier', { codeVerifier: 'x'.repeat(43) }, false],
    ['with another code', { code: 'x' }, false],
  ])('%s is accepted or refused', async (_what, changes, accepted) => {
    const client = await rig.register('Claude');
    const codeVerifier = newVerifier();
    const input = { code: await rig.allow(client, codeVerifier), codeVerifier, redirectUri: CALLBACK };
    const redeemed = rig.server.tokens.redeem(rig.deploymentId, client, { ...input, ...changes });
    if (accepted) expect(await redeemed).toHaveProperty('access_token');
    else {
      await expect(redeemed).rejects.toMatchObject(INVALID_GRANT);
      expect(await rig.server.tokens.redeem(rig.deploymentId, client, input)).toHaveProperty('access_token');
    }
  });

  test('is refused at another deployment, and to another client', async () => {
    const client = await rig.register('Claude');
    const codeVerifier = newVerifier();
    const input = { code: await rig.allow(client, codeVerifier), codeVerifier, redirectUri: CALLBACK };
    const elsewhere = rig.server.tokens.redeem(await rig.deploy(), client, input);
    await expect(elsewhere).rejects.toMatchObject(INVALID_GRANT);
    const stolen = rig.server.tokens.redeem(rig.deploymentId, await rig.register('Other'), input);
    await expect(stolen).rejects.toMatchObject(INVALID_GRANT);
    expect(await rig.liveGrants()).toBe(0);
  });

  test('expires after two minutes', async () => {
    const client = await rig.register('Claude');
    const redeemAfter = async (ms: number) => {
      const codeVerifier = newVerifier();
      const code = await rig.allow(client, codeVerifier);
      rig.pass(ms);
      return rig.server.tokens.redeem(rig.deploymentId, client, { code, codeVerifier, redirectUri: null });
    };
    expect(await redeemAfter(2 * MINUTE_MS - 1)).toHaveProperty('access_token');
    await expect(redeemAfter(2 * MINUTE_MS)).rejects.toMatchObject(INVALID_GRANT);
  });

  test('works once; a repetition ends its grant, but not within two minutes', async () => {
    const client = await rig.register('Claude');
    const codeVerifier = newVerifier();
    const input = { code: await rig.allow(client, codeVerifier), codeVerifier, redirectUri: null };
    await rig.server.tokens.redeem(rig.deploymentId, client, input);
    rig.pass(REUSE_GRACE_MS);
    await expect(rig.server.tokens.redeem(rig.deploymentId, client, input)).rejects.toMatchObject(INVALID_GRANT);
    expect(await rig.liveGrants()).toBe(1);
    rig.pass(1);
    await expect(rig.server.tokens.redeem(rig.deploymentId, client, input)).rejects.toMatchObject(INVALID_GRANT);
    expect(await rig.liveGrants()).toBe(0);
    expect(await rig.auditOf('client.revoked')).toEqual([
      { clientId: client.id, name: 'Claude', reason: 'reused code' },
    ]);
    expect(rig.published).toEqual([`access ${rig.deploymentId}`]);
  });
});

describe('a refresh token', () => {
  test('is exchanged for the next one, and prolongs the grant', async () => {
    const client = await rig.register('Claude');
    const first = await rig.connect(client);
    rig.pass(REFRESH_LIFETIME_MS - 1);
    const second = await rig.refresh(client, first);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const connection = await rig.prisma.oAuthConnection.findFirstOrThrow({ where: { deploymentId: rig.deploymentId } });
    expect(connection.lastUsedAt).toEqual(new Date(rig.nowMs));
    const row = await rig.prisma.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
    expect(row.lastSeenAt).toEqual(new Date(rig.nowMs));
    const [grant] = await rig.prisma.oAuthGrant.findMany({ where: { connection: { deploymentId: rig.deploymentId } } });
    expect(grant?.expiresAt).toEqual(new Date(rig.nowMs + REFRESH_LIFETIME_MS));
  });

  test('ends when it was not used for 90 days', async () => {
    expect(REFRESH_LIFETIME_MS).toBe(90 * DAY_MS);
    const client = await rig.register('Claude');
    const tokens = await rig.connect(client);
    rig.pass(REFRESH_LIFETIME_MS);
    await expect(rig.refresh(client, tokens)).rejects.toMatchObject(INVALID_GRANT);
  });

  test('is refused at another deployment, to another client, and when it is unknown', async () => {
    const client = await rig.register('Claude');
    const tokens = await rig.connect(client);
    await expect(rig.refresh(client, tokens, await rig.deploy())).rejects.toMatchObject(INVALID_GRANT);
    await expect(rig.refresh(await rig.register('Other'), tokens)).rejects.toMatchObject(INVALID_GRANT);
    await expect(rig.refresh(client, { ...tokens, refresh_token: 'cwr_x' })).rejects.toMatchObject(INVALID_GRANT);
    expect(await rig.refresh(client, tokens)).toHaveProperty('access_token');
  });

  test('may be repeated for two minutes; after it the whole grant ends', async () => {
    expect(REUSE_GRACE_MS).toBe(2 * MINUTE_MS);
    const client = await rig.register('Claude');
    const first = await rig.connect(client);
    await rig.refresh(client, first);
    rig.pass(REUSE_GRACE_MS);
    const latest = await rig.refresh(client, first);
    rig.pass(1);
    await expect(rig.refresh(client, first)).rejects.toMatchObject(INVALID_GRANT);
    await expect(rig.refresh(client, latest)).rejects.toMatchObject(INVALID_GRANT);
    expect(await rig.liveGrants()).toBe(0);
    expect(await rig.auditOf('client.revoked')).toMatchObject([{ reason: 'reused refresh token' }]);
  });
});

describe('revocation by the client', () => {
  test.each(['access_token', 'refresh_token'] as const)('with its %s ends the grant', async (kind) => {
    const client = await rig.register('Claude');
    const tokens = await rig.connect(client);
    await rig.server.tokens.revoke(rig.deploymentId, client, tokens[kind]);
    expect(await rig.liveGrants()).toBe(0);
    expect(rig.published).toEqual([`access ${rig.deploymentId}`]);
    await expect(rig.refresh(client, tokens)).rejects.toMatchObject(INVALID_GRANT);
    await rig.server.tokens.revoke(rig.deploymentId, client, tokens[kind]);
    expect(await rig.auditOf('client.revoked')).toMatchObject([{ reason: 'client' }]);
  });

  test('does nothing with a token of another client or deployment, or an unknown one', async () => {
    const client = await rig.register('Claude');
    const tokens = await rig.connect(client);
    const other = await rig.register('Other');
    for (const token of [tokens.access_token, tokens.refresh_token, 'x']) {
      await rig.server.tokens.revoke(rig.deploymentId, other, token);
      await rig.server.tokens.revoke(await rig.deploy(), client, token);
    }
    expect(await rig.liveGrants()).toBe(1);
  });
});
