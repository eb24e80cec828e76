/**
 * One server of the endpoint's benchmark, in a process of its own: `endpoint-server.ts KIND [UPSTREAM_ORIGIN [WORKERS]]`.
 * Prints one line of JSON when it listens. Ends when its stdin does.
 */
import cluster from 'node:cluster';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import express from 'express';
import { Agent, stream } from 'undici';
import { openDatabase } from '#prisma/client.ts';
import { createAccessTokenService } from '#server/domain/access/service.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import { createEvents } from '#server/domain/events.ts';
import { createUsageRecorder } from '#server/domain/usage/recorder.ts';
import { createUsageService } from '#server/domain/usage/service.ts';
import { createEndpoint } from '#server/mcp/endpoint.ts';
import { createRouteLoader } from '#server/mcp/load-route.ts';
import { createOriginPolicy } from '#server/mcp/origin-policy.ts';
import { createRouteTable } from '#server/mcp/route-table.ts';
import { createUpstream } from '#server/mcp/upstream.ts';

const [kind = '', upstreamOrigin = ''] = process.argv.slice(2);

type Served = { listener: RequestListener; path: string; token: string };

/** A host that answers at once, or (GET) holds a stream open and sends an event when `POST /tick` says so. */
function serveUpstream(): Served {
  const answer = Buffer.from(
    '{"jsonrpc":"2.0","id":42,"result":{"content":[{"type":"text","text":"Echo: hello"}],"isError":false}}',
  );
  const headers = ['content-type', 'application/json', 'content-length', String(answer.length)];
  const streams = new Set<import('node:http').ServerResponse>();
  return {
    path: '/mcp',
    token: '',
    listener: (req, res) => {
      if (req.method === 'GET') {
        res.writeHead(200, ['content-type', 'text/event-stream']).flushHeaders();
        streams.add(res);
        res.on('close', () => streams.delete(res));
        return;
      }
      if (req.url === '/tick') for (const one of streams) one.write('data: {"jsonrpc":"2.0","method":"tick"}\n\n');
      req.resume();
      res.writeHead(200, headers).end(answer);
    },
  };
}

/** A first attempt at an endpoint: an Express route, undici's `stream`, no checks. */
function serveBare(): Served {
  const app = express();
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  app.all('/api/mcp/:id', (req, res) => {
    const { host: _host, connection: _connection, ...headers } = req.headers;
    const body = req.method === 'GET' ? null : req;
    stream(`${upstreamOrigin}/mcp`, { method: req.method as 'POST', headers, body, dispatcher }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      return res;
    }).catch(() => res.destroy());
  });
  return { listener: app, path: '/api/mcp/x', token: '' };
}

/** The endpoint as it is put together in the server, over the embedded database. */
async function serveEndpoint(mount: 'front' | 'express'): Promise<Served> {
  const database = await openDatabase({ kind: 'pglite', directory: null });
  const { prisma, transaction } = database;
  const events = await createEvents(database.listener);
  await prisma.user.create({ data: { id: 'bench', name: 'Bench', email: 'bench@catwalk.test' } });
  const { id: deploymentId } = await prisma.deployment.create({
    data: { ownerId: 'bench', name: 'Bench', source: 'bench', region: 'fra', memoryMb: 256, status: 'RUNNING' },
  });
  const release = await prisma.release.create({
    data: {
      deploymentId,
      number: 1,
      runtime: 'npm',
      package: 'bench',
      version: '1.0.0',
      spec: {},
      region: 'fra',
      memoryMb: 256,
      isolation: 'AUTO',
      credentialVersion: 1,
      hostToken: 'host-token',
      reason: 'deploy',
    },
  });
  await prisma.deployment.update({ where: { id: deploymentId }, data: { currentReleaseId: release.id } });
  await prisma.machine.create({
    data: {
      deploymentId,
      releaseId: release.id,
      app: 'bench',
      name: 'bench',
      configHash: 'x',
      machineId: 'bench',
      region: 'fra',
      address: upstreamOrigin,
    },
  });
  const actor = { userId: 'bench', role: 'MEMBER', scope: 'WRITE', via: 'system', ip: null } as const;
  const tokens = createAccessTokenService({ prisma, transaction, events, clock: () => new Date() });
  const { token } = await tokens.create(actor, { deploymentId, name: 'bench' });
  const report = (error: unknown) => console.error(error);
  const usage = createUsageRecorder({ write: createUsageService({ prisma }).write, nowMs: Date.now, onError: report });
  const endpoint = createEndpoint({
    routes: createRouteTable({
      load: createRouteLoader({ prisma, openHostToken: async ({ hostToken }) => hostToken }),
      events,
      nowMs: Date.now,
    }),
    upstream: createUpstream(),
    policy: createOriginPolicy({ hosts: ['127.0.0.1'], origins: [], loopbackOrigins: true }),
    wake: async () => {},
    nowMs: Date.now,
    caps: { perDeployment: 20_000, perOwner: 20_000, perNetwork: 20_000, total: 20_000 },
    record: usage.record,
    onError: report,
  });
  const path = `/api/mcp/${deploymentId}`;
  if (mount === 'front') return { listener: endpoint.handle, path, token };
  const app = express();
  app.all('/api/mcp/:id', (req, res) => endpoint.handle(req, res));
  return { listener: app, path, token };
}

/** One of several processes behind one port, all with the same deployment: there is nothing between them to share. */
function serveWorker(): Served {
  const deploymentId = '11111111-2222-4333-8444-555555555555';
  const { token, hash } = newAccessToken((bytes) => Buffer.alloc(bytes, 7));
  const endpoint = createEndpoint({
    routes: createRouteTable({
      load: async () => ({
        deploymentId,
        ownerId: 'owner',
        name: 'Bench',
        status: 'RUNNING',
        phase: null,
        failure: null,
        access: 'TOKEN',
        answersWhileAsleep: true,
        recordsBodies: false,
        tokens: [{ id: deploymentId, hash, expiresAtMs: null }],
        current: { machineId: 'bench', origin: upstreamOrigin, headers: {}, token: 'host-token' },
        releaseId: null,
        offerDigests: null,
        views: [],
        members: [],
        bundles: [],
        hasOffer: false,
        personal: null,
        lockVersion: 0,
        currentMachineId: 'm1',
        formerMachineIds: [],
        draining: [],
      }),
      events: { on: () => () => {}, onConnection: () => () => {} },
      nowMs: Date.now,
    }),
    upstream: createUpstream(),
    policy: createOriginPolicy({ hosts: ['127.0.0.1'], origins: [], loopbackOrigins: true }),
    wake: async () => {},
    nowMs: Date.now,
    record: createUsageRecorder({ write: async () => {}, nowMs: Date.now, onError: console.error }).record,
  });
  return { listener: endpoint.handle, path: `/api/mcp/${deploymentId}`, token };
}

async function serve(): Promise<Served> {
  switch (kind) {
    case 'upstream':
      return serveUpstream();
    case 'bare':
      return serveBare();
    case 'express':
    case 'front':
      return serveEndpoint(kind);
    case 'workers':
      return serveWorker();
    default:
      throw new Error(`There is no server of the kind "${kind}".`);
  }
}

async function listen(): Promise<void> {
  const { listener, path, token } = await serve();
  const server = createServer(listener);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const ready = { origin: `http://127.0.0.1:${port}`, path, token, pids: [process.pid] };
    if (cluster.isWorker) process.send?.(ready);
    else console.log(JSON.stringify(ready));
  });
}

if (kind === 'workers' && cluster.isPrimary) {
  const wanted = Number(process.argv[4] ?? availableParallelism());
  const pids: number[] = [];
  for (let i = 0; i < wanted; i += 1) {
    const worker = cluster.fork();
    worker.on('message', (ready) => {
      pids.push(worker.process.pid ?? 0);
      if (pids.length === wanted) console.log(JSON.stringify({ ...ready, pids }));
    });
  }
} else {
  await listen();
}
if (cluster.isPrimary) process.stdin.on('end', () => process.exit(0)).resume();
