import { randomUUID } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { McpServer } from '@modelcontextprotocol/server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createAccessTokenService } from '#server/domain/access/service.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import type { Actor } from '#server/domain/actor.ts';
import { createEvents, type Events } from '#server/domain/events.ts';
import { createEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint-deps.ts';
import { initialize } from './initialize.testing.ts';
import { createRouteLoader } from './load-route.ts';
import { createOriginPolicy } from './origin-policy.ts';
import { createRouteTable, type RouteTable } from './route-table.ts';
import { type Listening, listen } from './test-rig.ts';
import { createUpstream, type Upstream } from './upstream.ts';
import { createUpstreamFetch } from './upstream-fetch.ts';

let database: Database;
let events: Events;
let machine: Listening;
let front: Listening;
let endpoint: Endpoint;
let upstream: Upstream;
let routes: RouteTable;
let deploymentId: string;
let releaseId: string;

const actor = (userId: string, scope: Actor['scope'] = 'WRITE'): Actor => ({
  userId,
  role: 'MEMBER',
  scope,
  via: 'session',
  ip: null,
});
const ann = actor('ann');
const bob = actor('bob');

const tokens = () =>
  createAccessTokenService({
    prisma: database.prisma,
    transaction: database.transaction,
    events,
    clock: () => new Date(),
  });

/** A machine with a real MCP server in it that echoes, behind the host's token. */
function createMachine() {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  return listen(async (req, res) => {
    if (req.headers['catwalk-host-token'] !== 'token-of-the-release') {
      res.writeHead(401, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const known = sessions.get(String(req.headers['mcp-session-id']));
    if (known) return known.handleRequest(req, res);
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, transport);
      },
    });
    const server = new McpServer({ name: 'echo', version: '1.0.0' });
    server.registerTool('echo', { description: 'Says it again.' }, () => ({
      content: [{ type: 'text', text: 'again' }],
    }));
    await server.connect(transport);
    return transport.handleRequest(req, res);
  });
}

beforeAll(async () => {
  database = await openTestDatabase();
  events = await createEvents(database.listener);
  machine = await createMachine();
  for (const { userId } of [ann, bob]) {
    await database.prisma.user.create({ data: { id: userId, name: userId, email: `${userId}@catwalk.test` } });
  }
  upstream = createUpstream();
  routes = createRouteTable({
    load: createRouteLoader({
      prisma: database.prisma,
      openHostToken: async (release) => release.hostToken.replace('sealed:', ''),
    }),
    events,
    nowMs: Date.now,
  });
  endpoint = createEndpoint({
    routes,
    upstream,
    policy: createOriginPolicy({ hosts: ['127.0.0.1'], origins: [], loopbackOrigins: false }),
    wake: async () => {},
    nowMs: Date.now,
  });
  front = await listen(endpoint.handle);
});

afterAll(async () => {
  await endpoint.close();
  routes.close();
  await upstream.close();
  await Promise.all([front.close(), machine.close()]);
  await database.close();
});

beforeEach(async () => {
  const { prisma } = database;
  const created = await prisma.deployment.create({
    data: { ownerId: 'ann', name: 'Echo', source: 'echo', region: 'fra', memoryMb: 256, status: 'RUNNING' },
  });
  deploymentId = created.id;
  releaseId = await addRelease(1);
  await prisma.deployment.update({ where: { id: deploymentId }, data: { currentReleaseId: releaseId } });
  await addMachine('m1', machine.origin);
});

afterEach(async () => {
  await database.prisma.deployment.deleteMany({});
});

const addRelease = async (number: number): Promise<string> => {
  const release = await database.prisma.release.create({
    data: {
      deploymentId,
      number,
      runtime: 'npm',
      package: 'echo',
      version: '1.0.0',
      spec: {},
      region: 'fra',
      memoryMb: 256,
      isolation: 'AUTO',
      credentialVersion: 1,
      hostToken: 'sealed:token-of-the-release',
      reason: 'deploy',
    },
  });
  return release.id;
};

const addMachine = (machineId: string, address: string) =>
  database.prisma.machine.create({
    data: { deploymentId, releaseId, app: 'app', name: machineId, configHash: 'x', machineId, region: 'fra', address },
  });

const url = () => `${front.origin}/api/mcp/${deploymentId}`;
const ask = (token: string, method = 'GET') => fetch(url(), { method, headers: { authorization: `Bearer ${token}` } });

test('the official client initializes, lists, calls and ends its session through the endpoint', async () => {
  const { token } = await tokens().create(ann, { deploymentId, name: 'laptop' });
  const transport = new StreamableHTTPClientTransport(new URL(url()), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport);
  expect(transport.sessionId).toMatch(/^m1\./);
  expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['echo']);
  expect(await client.callTool({ name: 'echo', arguments: {} })).toMatchObject({ content: [{ text: 'again' }] });
  await transport.terminateSession();
  await client.close();
});

test("the handshake speaks through the endpoint's own path: same sockets, same headers", async () => {
  const target = { origin: machine.origin, headers: {}, token: 'token-of-the-release' };
  const transport = new StreamableHTTPClientTransport(new URL('http://anywhere.invalid/else'), {
    fetch: createUpstreamFetch(upstream, target, 'catwalk'),
  });
  const client = new Client({ name: 'handshake', version: '1.0.0' });
  await client.connect(transport);
  expect((await client.listTools()).tools).toHaveLength(1);
  await client.close();
});

test('a token works from its creation to its revocation, which ends its open streams', async () => {
  expect((await ask(newAccessToken().token)).status).toBe(401);
  const { id, token } = await tokens().create(ann, { deploymentId, name: 'laptop' });
  await eventually('the event of the creation arrives', () => routes.peek(deploymentId) === undefined);
  const initialized = await initialize(url(), token);
  await initialized.text();
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'text/event-stream',
    'mcp-session-id': initialized.headers.get('mcp-session-id') ?? '',
  };
  const stream = await fetch(url(), { headers });
  expect(stream.status).toBe(200);
  await tokens().revoke(ann, id);
  await expect(stream.text()).rejects.toThrow();
  expect((await ask(token)).status).toBe(401);
});

test('every instance notices that a deployment was stopped', async () => {
  const load = createRouteLoader({ prisma: database.prisma, openHostToken: async () => 'token' });
  const tables = [1, 2, 3].map(() => createRouteTable({ load, events, nowMs: Date.now }));
  for (const table of tables) expect((await table.resolve(deploymentId))?.status).toBe('RUNNING');
  await database.transaction(async (tx) => {
    await tx.deployment.update({ where: { id: deploymentId }, data: { status: 'STOPPED' } });
    await events.publish(tx, 'deployment', deploymentId);
  });
  await eventually('every table has dropped the entry', () =>
    tables.every((table) => table.peek(deploymentId) === undefined),
  );
  for (const table of tables) {
    expect((await table.resolve(deploymentId))?.status).toBe('STOPPED');
    table.close();
  }
});

test('only the hash of a token is kept', async () => {
  const { id, token } = await tokens().create(ann, { deploymentId, name: ' laptop ' });
  const row = await database.prisma.accessToken.findUniqueOrThrow({ where: { id } });
  expect(token).toMatch(/^cwt_[A-Za-z0-9_-]{43}$/);
  expect(JSON.stringify({ ...row, hash: Buffer.from(row.hash).toString('latin1') })).not.toContain(token.slice(12));
  expect(row).toMatchObject({ name: 'laptop', kind: 'USER', prefix: token.slice(0, 10) });
});

test("another user's deployment and token look like missing ones", async () => {
  const mine = await tokens().create(ann, { deploymentId, name: 'laptop' });
  const attempts = [
    () => tokens().create(bob, { deploymentId, name: 'x' }),
    () => tokens().createPlayground(bob, deploymentId),
    () => tokens().revoke(bob, mine.id),
    () => tokens().create(ann, { deploymentId: randomUUID(), name: 'x' }),
    () => tokens().create(ann, { deploymentId: 'no uuid', name: 'x' }),
    () => tokens().revoke(ann, randomUUID()),
    () => tokens().revoke(ann, 'no uuid'),
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await ask(mine.token, 'DELETE')).status).not.toBe(401);
});

test('a reading API token makes no access tokens', async () => {
  const refused = tokens().create(actor('ann', 'READ'), { deploymentId, name: 'x' });
  await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('names and expiries that make no sense are refused by field', async () => {
  const service = tokens();
  await expect(service.create(ann, { deploymentId, name: ' ' })).rejects.toMatchObject({
    fields: [{ field: 'name' }],
  });
  const expiresAt = new Date(0);
  await expect(service.create(ann, { deploymentId, name: 'x', expiresAt })).rejects.toMatchObject({
    fields: [{ field: 'expiresAt' }],
  });
});

test('playground tokens open for ten minutes and do not pile up', async () => {
  const before = Date.now();
  const made = [];
  for (let i = 0; i < 25; i += 1) made.push(await tokens().createPlayground(ann, deploymentId));
  const last = made.at(-1);
  expect(last?.expiresAt.getTime()).toBeGreaterThanOrEqual(before + 600_000);
  expect((await ask(last?.token ?? '', 'DELETE')).status).not.toBe(401);
  expect(await database.prisma.accessToken.count({ where: { deploymentId, kind: 'PLAYGROUND' } })).toBe(20);
});

test('a machine of a release that is still on its way is not asked; an old one only for its own sessions', async () => {
  const load = createRouteLoader({ prisma: database.prisma, openHostToken: async () => 'token' });
  const { prisma } = database;
  await prisma.machine.updateMany({ where: { deploymentId }, data: { drainingAt: new Date(1_000) } });
  releaseId = await addRelease(2);
  await addMachine('m2', 'http://127.0.0.1:9');
  expect(await load(deploymentId)).toMatchObject({
    current: null,
    draining: [{ machineId: 'm1', drainingSinceMs: 1_000 }],
  });
  await prisma.deployment.update({ where: { id: deploymentId }, data: { currentReleaseId: releaseId } });
  expect(await load(deploymentId)).toMatchObject({ current: { machineId: 'm2' }, draining: [{ machineId: 'm1' }] });
});
