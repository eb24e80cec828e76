import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ANN,
  CALLBACK,
  DAY_MS,
  MINUTE_MS,
  NETWORK,
  newVerifier,
  type OAuthRig,
  openOAuthRig,
  queryOf,
} from './authorization-server.testing.ts';

let rig: OAuthRig;
beforeAll(async () => {
  rig = await openOAuthRig();
});
afterAll(() => rig?.close());
beforeEach(() => rig.startOver());

const DOCUMENT_ID = 'https://client.example/id.json';

describe('a client with a document', () => {
  const DOCUMENT = { client_id: DOCUMENT_ID, client_name: 'Desk', redirect_uris: [CALLBACK] };

  test('gets its row with its first grant, and stays connected while the host of its document is away', async () => {
    rig.setDocument(DOCUMENT);
    const client = await rig.authenticate(DOCUMENT_ID);
    expect(await rig.prisma.oAuthClient.findUnique({ where: { id: DOCUMENT_ID } })).toBeNull();
    const tokens = await rig.connect(client);
    rig.setDocument({ ...DOCUMENT, client_name: 'Desk 2' });
    rig.pass(DAY_MS);
    await rig.connect(await rig.authenticate(DOCUMENT_ID));
    rig.setDocument(new Error('away'));
    rig.pass(DAY_MS);
    const known = await rig.authenticate(DOCUMENT_ID);
    expect(known).toMatchObject({ source: 'DOCUMENT', name: 'Desk 2', redirectUris: [CALLBACK], secretHash: null });
    expect(await rig.refresh(known, tokens)).toHaveProperty('access_token');
  });

  test('is refused when its document no longer describes it, and when it was never reached', async () => {
    rig.setDocument({ ...DOCUMENT, redirect_uris: [] });
    await expect(rig.authenticate(DOCUMENT_ID)).rejects.toMatchObject({ code: 'invalid_client' });
    rig.setDocument(new Error('away'));
    await expect(rig.authenticate('https://never.example/id.json')).rejects.toMatchObject({ code: 'invalid_client' });
  });

  test('is vouched for by its host', async () => {
    rig.setDocument(DOCUMENT);
    const input = { deploymentId: rig.deploymentId, query: queryOf(DOCUMENT_ID, newVerifier()) };
    expect(await rig.server.consent.find(ANN, input)).toMatchObject({
      isVouchedFor: true,
      clientHost: 'client.example',
    });
  });
});

describe('registration', () => {
  test('answers with the metadata that it keeps', async () => {
    const redirectUris = ['http://127.0.0.1:50000/cb', CALLBACK];
    const body = {
      client_name: 'A client',
      client_uri: 'https://client.example',
      application_type: 'native',
      redirect_uris: redirectUris,
      grant_types: ['authorization_code', 'refresh_token', 'other'],
      response_types: ['code', 'token'],
      unknown: 1,
    };
    const answer = await rig.server.register(body, NETWORK);
    expect(answer).toEqual({
      client_id: expect.any(String),
      client_id_issued_at: Math.floor(rig.nowMs / 1_000),
      client_secret: expect.any(String),
      client_secret_expires_at: 0,
      client_name: 'A client',
      client_uri: 'https://client.example',
      application_type: 'native',
      redirect_uris: redirectUris,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'mcp',
    });
    const clientId = String(answer['client_id']);
    const secret = String(answer['client_secret']);
    const client = await rig.server.authenticateClient({ clientId, secret, assertion: null }, []);
    expect(client).toMatchObject({
      source: 'REGISTRATION',
      uri: 'https://client.example',
      authMethods: ['client_secret_basic'],
    });
    expect([...client.redirectUris].sort()).toEqual(['http://127.0.0.1/cb', CALLBACK]);
    await expect(rig.authenticate(clientId)).rejects.toMatchObject({ code: 'invalid_client' });

    rig.pass(MINUTE_MS);
    const again = await rig.server.register(
      { ...body, redirect_uris: [CALLBACK, 'http://127.0.0.1:50001/cb'] },
      NETWORK,
    );
    expect(again).toMatchObject({
      client_id: clientId,
      client_secret: secret,
      client_id_issued_at: answer['client_id_issued_at'],
    });
    const row = await rig.prisma.oAuthClient.findUniqueOrThrow({ where: { id: clientId } });
    expect(row.lastSeenAt).toEqual(new Date(rig.nowMs));
  });

  test('of a client without a name, a website or a secret leaves them out', async () => {
    const answer = await rig.server.register(
      { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' },
      NETWORK,
    );
    for (const name of ['client_name', 'client_uri', 'application_type', 'client_secret', 'client_secret_expires_at'])
      expect(answer).not.toHaveProperty(name);
    expect(await rig.authenticate(String(answer['client_id']))).toMatchObject({ secretHash: null, uri: null });
  });

  test.each<[string, object, string, RegExp]>([
    ['no redirect address', { redirect_uris: [] }, 'invalid_redirect_uri', /1 to 10/],
    ['eleven redirect addresses', { redirect_uris: Array(11).fill(CALLBACK) }, 'invalid_redirect_uri', /1 to 10/],
    [
      'one forbidden redirect address',
      { redirect_uris: [CALLBACK, 'http://a.example'] },
      'invalid_redirect_uri',
      /https/,
    ],
    [
      'another method',
      { token_endpoint_auth_method: 'private_key_jwt' },
      'invalid_client_metadata',
      /must be one of none/,
    ],
    ['a name that is not text', { client_name: 1 }, 'invalid_client_metadata', /read at client_name/],
    ['other grant types only', { grant_types: ['refresh_token'] }, 'invalid_client_metadata', /grant_types/],
    ['other response types only', { response_types: ['token'] }, 'invalid_client_metadata', /response_types/],
  ])('with %s is refused', async (_what, changes, code, message) => {
    const registered = rig.server.register({ redirect_uris: [CALLBACK], ...changes }, NETWORK);
    await expect(registered).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('of something that is not an object is refused', async () => {
    await expect(rig.server.register('x', NETWORK)).rejects.toMatchObject({ message: 'The metadata cannot be read.' });
  });

  describe('makes room for new clients', () => {
    const unusedClients = (network: string, count: number) =>
      rig.prisma.oAuthClient.createMany({
        data: Array.from({ length: count }, (_, i) => ({
          id: `${network} ${i}`,
          source: 'REGISTRATION' as const,
          name: 'x',
          redirectUris: [CALLBACK],
          authMethods: ['none'],
          network,
          lastSeenAt: new Date(rig.nowMs + i + 1),
        })),
      });
    const leftOf = async (network: string) =>
      (await rig.prisma.oAuthClient.findMany({ where: { network }, select: { id: true } })).map(({ id }) => id);

    test('by removing the oldest unused ones of a network that has a hundred', async () => {
      const used = await rig.register('used');
      await rig.connect(used);
      await unusedClients(NETWORK, 100);
      await unusedClients('198.51.100.1', 1);
      const known = await rig.register('known');
      expect(await leftOf(NETWORK)).not.toContain(`${NETWORK} 0`);
      expect(await leftOf(NETWORK)).toEqual(expect.arrayContaining([`${NETWORK} 1`, `${NETWORK} 99`, known.id]));
      expect(await leftOf('198.51.100.1')).toHaveLength(1);
      expect(await rig.authenticate(used.id)).toMatchObject({ name: 'used' });
      expect(await rig.register('known')).toEqual(known);
    });

    test('by removing a hundred of the network that has most of them once there are five thousand', async () => {
      await rig.prisma.oAuthClient.deleteMany({ where: { connections: { none: {} } } });
      await unusedClients('198.51.100.1', 99);
      await unusedClients('198.51.100.2', 4_901);
      await rig.register('one more');
      expect(await leftOf('198.51.100.1')).toHaveLength(99);
      const left = await leftOf('198.51.100.2');
      expect(left).toHaveLength(4_801);
      expect(left).not.toContain('198.51.100.2 99');
      expect(left).toContain('198.51.100.2 100');
    });
  });
});
