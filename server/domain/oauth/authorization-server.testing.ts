import { createHash, randomBytes } from 'node:crypto';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import type { Actor } from '#server/domain/actor.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import { createEvents } from '#server/domain/events.ts';
import { createAuthorizationServer } from './authorization-server.ts';
import type { Client } from './client.ts';
import type { TokenAnswer } from './tokens.ts';

export const PUBLIC_URL = 'https://catwalk.example';
export const CALLBACK = 'https://client.example/cb';
export const NETWORK = '203.0.113.1';
export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
export const ANN: Actor = { userId: 'ann', role: 'MEMBER', scope: 'WRITE', via: 'session', ip: null };
export const BOB: Actor = { ...ANN, userId: 'bob' };
export const INVALID_GRANT = { code: 'invalid_grant' };

export const newVerifier = () => randomBytes(32).toString('base64url');
const codeOf = ({ redirectTo }: { redirectTo: string }) => new URL(redirectTo).searchParams.get('code') ?? '';

/** The query of an authorization request that proves its verifier with S256. */
export const queryOf = (clientId: string, verifier: string, state = 's'): string =>
  new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();

/** An authorization server on a database with two users, a clock of its own, and a new deployment of Ann for each test. */
export async function openOAuthRig() {
  const database = await openTestDatabase();
  const { prisma, transaction } = database;
  const events = await createEvents(database.listener);
  for (const id of ['ann', 'bob']) await prisma.user.create({ data: { id, name: id, email: `${id}@example.com` } });
  /** The client's document; an error while its host is away. */
  let document: object | Error = new Error('away');
  let nowMs = Date.parse('2026-06-01T00:00:00Z');
  let deploymentId = '';
  const published: string[] = [];
  const server = createAuthorizationServer({
    prisma,
    transaction,
    events: {
      publish: async (tx, topic, id) => {
        published.push(`${topic} ${id}`);
        await events.publish(tx, topic, id);
      },
    },
    publicUrl: PUBLIC_URL,
    authSecret: new Secret('k'.repeat(32)),
    fetch: async () => {
      if (document instanceof Error) throw document;
      return Response.json(document);
    },
    trustedOrigins: ['http://idp.test'],
    documents: { mode: 'on', probeUrl: 'https://registry.example' },
    clock: () => new Date(nowMs),
  });

  const deploy = async (values: object = {}): Promise<string> => {
    const data = { ownerId: 'ann', name: 'W', source: 'w', region: 'local', memoryMb: 256, access: 'OAUTH' } as const;
    return (await prisma.deployment.create({ data: { ...data, ...values } })).id;
  };
  const authenticate = (clientId: string): Promise<Client> =>
    server.authenticateClient({ clientId, secret: null, assertion: null }, []);
  const allow = async (client: Client, verifier: string, state?: string): Promise<string> =>
    codeOf(await server.consent.allow(ANN, { deploymentId, query: queryOf(client.id, verifier, state) }));

  return {
    prisma,
    server,
    published,
    get nowMs() {
      return nowMs;
    },
    get deploymentId() {
      return deploymentId;
    },
    pass: (milliseconds: number): void => {
      nowMs += milliseconds;
    },
    setDocument: (next: object | Error): void => {
      document = next;
    },
    /** What earlier tests did lies a year back, and the deployment is a new one. */
    startOver: async (): Promise<void> => {
      nowMs += 365 * DAY_MS;
      deploymentId = await deploy();
      published.length = 0;
    },
    deploy,
    authenticate,
    allow,
    register: async (name: string, redirectUris = [CALLBACK], network = NETWORK): Promise<Client> => {
      const body = { client_name: name, redirect_uris: redirectUris, token_endpoint_auth_method: 'none' };
      return authenticate(String((await server.register(body, network))['client_id']));
    },
    connect: async (client: Client): Promise<TokenAnswer> => {
      const codeVerifier = newVerifier();
      const code = await allow(client, codeVerifier);
      return server.tokens.redeem(deploymentId, client, { code, codeVerifier, redirectUri: CALLBACK });
    },
    refresh: (client: Client, { refresh_token: token }: TokenAnswer, at = deploymentId): Promise<TokenAnswer> =>
      server.tokens.refresh(at, client, token),
    liveGrants: (): Promise<number> =>
      prisma.oAuthGrant.count({ where: { revokedAt: null, connection: { deploymentId } } }),
    auditOf: async (type: string) =>
      (await prisma.auditEvent.findMany({ where: { type, deploymentId } })).map(({ data }) => data),
    close: (): Promise<void> => database.close(),
  };
}

export type OAuthRig = Awaited<ReturnType<typeof openOAuthRig>>;
