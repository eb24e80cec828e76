import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import type { Actor } from '#server/domain/actor.ts';
import { createEnvelopes } from '#server/domain/credentials/envelope.ts';
import { createKeyRing } from '#server/domain/credentials/key-ring.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import { createEvents } from '#server/domain/events.ts';
import { createApiTokenService } from '#server/domain/identity/api-tokens.ts';
import { ensureInstallation } from '#server/domain/identity/installation.ts';
import { ensureOwner } from '#server/domain/identity/owner.ts';
import { readEnv } from '../env.ts';
import { createLog } from '../logging/log.ts';
import { type App, type AppOptions, createApp } from './app.ts';

export type Answer = {
  data: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
};

/** An address without a registry, so that a test does not depend on the public one. */
const NO_SERVER_URL = 'http://127.0.0.1:9';

/** The whole server on a database of its own, on a free loopback port, with ways to ask it as anybody. */
export async function openTestApp(
  variables: Record<string, string> = {},
  options: Pick<AppOptions, 'connect' | 'hostCommand' | 'clock' | 'trustedDocumentOrigins'> &
    Partial<Pick<AppOptions, 'log'>> = {},
) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-app-'));
  const opened = await openTestDatabase();
  let operations = 0;
  const counted = opened.prisma.$extends({
    query: {
      $allOperations: ({ args, query }) => {
        operations += 1;
        return query(args);
      },
    },
  });
  // $extends only counts: the operations and their types stay those of PrismaClient
  const database = { ...opened, prisma: counted as unknown as typeof opened.prisma };
  const { prisma, transaction } = database;
  const keys = createKeyRing(Buffer.alloc(32, 7).toString('base64'));
  const envelopes = createEnvelopes(keys);
  const installation = await ensureInstallation(prisma);
  const owner = await ensureOwner(database);
  const storage = { database, installation, owner, keys, envelopes, authSecret: new Secret('x'.repeat(32)) };
  const app: App = await createApp({
    env: readEnv({
      PORT: '0',
      CATWALK_DATA_DIR: dataDir,
      LOG_LEVEL: 'silent',
      MCP_REGISTRY_URL: NO_SERVER_URL,
      ...variables,
    }),
    log: createLog('silent'),
    environment: {},
    ...options,
    dashboardDirectory: path.join(dataDir, '.hidden', 'dashboard'), // as below ~/.local, which must not matter
    storage,
  });
  const origin = `http://127.0.0.1:${app.port}`;
  const events = await createEvents(database.listener);
  const apiTokens = createApiTokenService({ prisma, transaction, events, clock: () => new Date() });
  const sockets: Client[] = [];

  const tokenFor = async (userId: string, scope: Actor['scope'] = 'WRITE') => {
    const actor: Actor = { userId, role: 'MEMBER', scope: 'WRITE', via: 'system', ip: null };
    return apiTokens.create(actor, { name: 'test', scope, expiresAt: null });
  };

  return {
    app,
    origin,
    prisma,
    storage,
    owner,
    tokenFor,
    /** A user with a token. */
    addUser: async (name: string) => {
      const user = await prisma.user.create({ data: { id: randomUUID(), name, email: `${name}@example.com` } });
      const { token, id: tokenId } = await tokenFor(user.id);
      return { id: user.id, token, tokenId };
    },
    /** Sends a request over HTTP; without a token if `token` is null. */
    ask: async (token: string | null, query: string, given: object = {}): Promise<Answer> => {
      const answer = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables: given }),
      });
      return (await answer.json()) as Answer; // what GraphQL over HTTP answers
    },
    /** Follows a subscription over WebSocket. */
    follow: (token: string | null, query: string, given: Record<string, unknown> = {}) => {
      const socket = createClient({
        url: `ws://127.0.0.1:${app.port}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        ...(token === null ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
      });
      sockets.push(socket);
      return socket.iterate<Record<string, unknown>>({ query, variables: given });
    },
    /** How many database operations the server has asked for. */
    operations: () => operations,
    /** Says that something changed, as a writer does at the end of its transaction. */
    announce: async (topic: string, id: string) => {
      await prisma.$executeRaw`SELECT pg_notify('catwalk', ${`${topic} ${id}`})`;
    },
    close: async () => {
      for (const socket of sockets) await socket.dispose();
      await app.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type TestApp = Awaited<ReturnType<typeof openTestApp>>;

/** Rows of a deployment that runs and that no worker touches. */
export async function addDeployment(prisma: TestApp['prisma'], ownerId: string, name = 'Weather') {
  const release = randomUUID();
  const deployment = await prisma.deployment.create({
    data: {
      ownerId,
      name,
      source: 'weather-mcp',
      region: 'local',
      memoryMb: 256,
      status: 'RUNNING',
      nextCheckAt: null,
      fields: { credentials: [], arguments: [], fixedArguments: [] },
      releases: {
        create: {
          id: release,
          number: 1,
          runtime: 'npm',
          package: 'weather-mcp',
          version: '1.0.0',
          spec: {},
          region: 'local',
          memoryMb: 256,
          isolation: 'AUTO',
          credentialVersion: 1,
          hostToken: '',
          reason: 'deploy',
          snapshot: SNAPSHOT as Prisma.InputJsonObject, // plain data
        },
      },
      events: { create: { status: 'RUNNING', message: 'Running, with 1 tool.' } },
      accessTokens: { create: { name: 'First token', hash: Buffer.from(release), prefix: 'cwt_abc' } },
    },
    include: { accessTokens: true },
  });
  await prisma.deployment.update({
    where: { id: deployment.id },
    data: { currentReleaseId: release, targetReleaseId: release },
  });
  return { id: deployment.id, releaseId: release, accessTokenId: deployment.accessTokens[0]?.id ?? '' };
}

const SNAPSHOT = {
  serverInfo: { name: 'weather', version: '1.0.0' },
  protocolVersion: '2025-11-25',
  era: 'legacy',
  capabilities: {},
  instructions: null,
  tools: [
    { name: 'forecast', title: null, description: 'Tomorrow.', inputSchema: {}, outputSchema: null, annotations: null },
  ],
  resources: [],
  prompts: [],
};

/** Writes an event of a deployment as a worker does. */
export async function recordStatus(
  rig: Pick<TestApp, 'prisma' | 'announce'>,
  deployment: { id: string; ownerId: string },
  status: 'RUNNING' | 'UNHEALTHY' | 'STOPPED',
  message: string,
) {
  await rig.prisma.deployment.update({ where: { id: deployment.id }, data: { status } });
  await rig.prisma.deploymentEvent.create({ data: { deploymentId: deployment.id, status, message } });
  await rig.announce('deployment', deployment.id);
  await rig.announce('deployments', deployment.ownerId);
}
