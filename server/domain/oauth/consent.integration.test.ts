import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '#server/domain/actor.ts';
import {
  ANN,
  BOB,
  INVALID_GRANT,
  MINUTE_MS,
  newVerifier,
  type OAuthRig,
  openOAuthRig,
  PUBLIC_URL,
  queryOf,
} from './authorization-server.testing.ts';

let rig: OAuthRig;
beforeAll(async () => {
  rig = await openOAuthRig();
});
afterAll(() => rig?.close());
beforeEach(() => rig.startOver());

describe('consent', () => {
  test('shows the owner the client, its host and the destination of the answer', async () => {
    const client = await rig.register('Claude');
    const input = { deploymentId: rig.deploymentId, query: queryOf(client.id, newVerifier()) };
    expect(await rig.server.consent.find(ANN, input)).toEqual({
      deploymentId: rig.deploymentId,
      deploymentName: 'W',
      viewName: null,
      clientName: 'Claude',
      clientHost: null,
      isVouchedFor: false,
      redirectTarget: 'client.example',
    });
    expect(await rig.server.consent.find(BOB, input)).toBeNull();
    expect(await rig.server.consent.find(ANN, { ...input, query: '' })).toBeNull();
  });

  test('is possible for others with whom the deployment is shared, and for the owner as before', async () => {
    const client = await rig.register('Claude');
    const input = {
      deploymentId: await rig.deploy({ shares: { create: { role: 'USE' } } }),
      query: queryOf(client.id, newVerifier()),
    };
    for (const person of [ANN, BOB]) {
      expect(await rig.server.consent.find(person, input)).toMatchObject({ deploymentName: 'W' });
      expect((await rig.server.consent.allow(person, input)).redirectTo).toContain('code=');
    }
  });

  test.each<[string, object]>([
    ['a deployment of another user', { ownerId: 'bob' }],
    ['a deployment with tokens', { access: 'TOKEN' }],
    ['a deployment that is being deleted', { desired: 'DELETED' }],
  ])('is not possible for %s', async (_what, values) => {
    const client = await rig.register('Claude');
    const input = { deploymentId: await rig.deploy(values), query: queryOf(client.id, newVerifier()) };
    expect(await rig.server.consent.find(ANN, input)).toBeNull();
    await expect(rig.server.consent.allow(ANN, input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(rig.server.consent.deny(ANN, input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('requires a person who is signed in, and a valid request', async () => {
    const client = await rig.register('Claude');
    const input = { deploymentId: rig.deploymentId, query: queryOf(client.id, newVerifier()) };
    const script: Actor = { ...ANN, via: 'api-token' };
    await expect(rig.server.consent.allow(script, input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(rig.server.consent.allow(ANN, { ...input, query: '' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(rig.server.consent.allow({ ...ANN }, { ...input, deploymentId: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('gives one code for one request while it is valid, and writes one audit entry', async () => {
    const client = await rig.register('Claude');
    const verifier = newVerifier();
    const first = await rig.allow(client, verifier);
    rig.pass(2 * MINUTE_MS - 1);
    expect(await rig.allow(client, verifier)).toBe(first);
    expect(await rig.auditOf('client.allowed')).toEqual([
      { clientId: client.id, name: 'Claude', redirect: 'client.example' },
    ]);
    rig.pass(1);
    expect(await rig.allow(client, verifier)).not.toBe(first);
    expect(await rig.allow(client, verifier, 'other state')).not.toBe(first);
  });

  test('of a denied client is an answer with access_denied, and an audit entry', async () => {
    const client = await rig.register('Claude');
    const input = { deploymentId: rig.deploymentId, query: queryOf(client.id, newVerifier()) };
    const { redirectTo } = await rig.server.consent.deny(ANN, input);
    expect(Object.fromEntries(new URL(redirectTo).searchParams)).toMatchObject({
      error: 'access_denied',
      state: 's',
      iss: `${PUBLIC_URL}/oauth/${rig.deploymentId}`,
    });
    expect(await rig.auditOf('client.denied')).toEqual([{ clientId: client.id, name: 'Claude' }]);
  });
});

describe('a connection', () => {
  const connectionOf = async () =>
    (await rig.prisma.oAuthConnection.findFirstOrThrow({ where: { deploymentId: rig.deploymentId } })).id;

  test('that is disconnected ends its grants, and codes that were not redeemed', async () => {
    const client = await rig.register('Claude');
    const tokens = await rig.connect(client);
    const codeVerifier = newVerifier();
    const code = await rig.allow(client, codeVerifier);
    const id = await connectionOf();
    await rig.server.connections.disconnect(ANN, id);
    await rig.server.connections.disconnect(ANN, id);
    expect(rig.published).toEqual([`access ${rig.deploymentId}`]);
    expect(await rig.auditOf('client.revoked')).toMatchObject([{ reason: 'disconnected' }]);
    await expect(rig.refresh(client, tokens)).rejects.toMatchObject(INVALID_GRANT);
    const redeemed = rig.server.tokens.redeem(rig.deploymentId, client, { code, codeVerifier, redirectUri: null });
    await expect(redeemed).rejects.toMatchObject(INVALID_GRANT);
  });

  test('can be disconnected by its user only, with the right to write', async () => {
    await rig.connect(await rig.register('Claude'));
    const id = await connectionOf();
    await expect(rig.server.connections.disconnect(BOB, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(rig.server.connections.disconnect(ANN, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const reader: Actor = { ...ANN, scope: 'READ' };
    await expect(rig.server.connections.disconnect(reader, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await rig.liveGrants()).toBe(1);
  });

  test('stays the same while a grant lives, and is a new one after a disconnection', async () => {
    const client = await rig.register('Claude');
    await rig.connect(client);
    const first = await connectionOf();
    rig.pass(MINUTE_MS);
    await rig.connect(client);
    expect(await connectionOf()).toBe(first);
    expect(await rig.liveGrants()).toBe(2);
    const row = await rig.prisma.oAuthConnection.findUniqueOrThrow({ where: { id: first } });
    expect(row.lastUsedAt).toEqual(new Date(rig.nowMs));
    await rig.server.connections.disconnect(ANN, first);
    await rig.connect(client);
    expect(await connectionOf()).not.toBe(first);
  });
});
