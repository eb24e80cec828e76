import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '#prisma/client.ts';
import { startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import type { Actor } from '#server/domain/actor.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import { createEvents } from '#server/domain/events.ts';
import { type AuthorizationServer, createAuthorizationServer } from './authorization-server.ts';

const CALLBACK = 'https://client.example/cb';
const ANN: Actor = { userId: 'ann', role: 'MEMBER', scope: 'WRITE', via: 'session', ip: null };
const TIMES = 8;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

describe.each(['pglite', 'postgres'] as const)('at once, on %s', (kind) => {
  let database: Database;
  let server: AuthorizationServer;
  let deploymentId: string;
  beforeAll(async () => {
    database = await openDatabase(
      kind === 'pglite' ? { kind, directory: null } : { kind: 'postgres', url: postgres.url },
    );
    const { prisma, transaction } = database;
    await prisma.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.com' } });
    const deployment = await prisma.deployment.create({
      data: { ownerId: 'ann', name: 'W', source: 'w', region: 'local', memoryMb: 256, access: 'OAUTH' },
    });
    deploymentId = deployment.id;
    server = createAuthorizationServer({
      prisma,
      transaction,
      events: await createEvents(database.listener),
      publicUrl: 'https://catwalk.example',
      authSecret: new Secret('k'.repeat(32)),
      fetch: async () => {
        throw new Error('no document is needed here');
      },
      trustedOrigins: [],
      documents: { mode: 'off', probeUrl: 'https://registry.example' },
      clock: () => new Date(),
    });
  });
  afterAll(() => database.close());

  const atOnce = <T>(work: () => Promise<T>) => Promise.allSettled(Array.from({ length: TIMES }, work));
  const valuesOf = <T>(results: PromiseSettledResult<T>[]) =>
    results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));

  test('registering, deciding, exchanging and refreshing have the outcome that one of them has', async () => {
    const metadata = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' };
    const registered = valuesOf(await atOnce(() => server.register(metadata, '203.0.113.1')));
    expect(registered).toHaveLength(TIMES);
    const clientId = String(registered[0]?.['client_id']);
    expect(await database.prisma.oAuthClient.count()).toBe(1);

    const codeVerifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: CALLBACK,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const allowed = valuesOf(await atOnce(() => server.consent.allow(ANN, { deploymentId, query: query.toString() })));
    expect(allowed).toHaveLength(TIMES);
    const [redirectTo, ...others] = new Set(allowed.map((answer) => answer.redirectTo));
    expect(others).toEqual([]);
    expect(await database.prisma.auditEvent.count({ where: { type: 'client.allowed' } })).toBe(1);

    const code = new URL(redirectTo ?? '').searchParams.get('code') ?? '';
    const client = await server.authenticateClient({ clientId, secret: null, assertion: null }, []);
    const input = { code, codeVerifier, redirectUri: CALLBACK };
    const [tokens, ...more] = valuesOf(await atOnce(() => server.tokens.redeem(deploymentId, client, input)));
    expect(more).toEqual([]);

    const refreshToken = tokens?.refresh_token ?? '';
    const refreshed = valuesOf(await atOnce(() => server.tokens.refresh(deploymentId, client, refreshToken)));
    expect(refreshed).toHaveLength(TIMES);
    expect(await database.prisma.oAuthGrant.count({ where: { revokedAt: null } })).toBe(1);
  });
});
