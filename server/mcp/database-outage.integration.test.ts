import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '#prisma/client.ts';
import { startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import { createEvents } from '#server/domain/events.ts';
import { createRouteLoader } from './load-route.ts';
import { createRouteTable, type RouteTable } from './route-table.ts';
import { createRig, type Rig, toolCall } from './test-rig.ts';

const OUTAGE_MS_MAX = 60_000;

let postgres: TestPostgres;
let database: Database;
let routes: RouteTable;
let rig: Rig;
let aheadMs = 0;
const nowMs = () => Date.now() + aheadMs;
const { token, hash } = newAccessToken();
let deploymentId: string;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ kind: 'postgres', url: postgres.url });
  const { prisma } = database;
  routes = createRouteTable({
    load: createRouteLoader({ prisma, openHostToken: async ({ hostToken }) => hostToken }),
    events: await createEvents(database.listener),
    nowMs,
    outageMsMax: OUTAGE_MS_MAX,
  });
  rig = await createRig({
    machine: (_req, res) =>
      void res.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":"2.0","id":1,"result":{}}'),
    deps: { routes, nowMs },
  });
  await prisma.user.create({ data: { id: 'ann', name: 'ann', email: 'ann@catwalk.test' } });
  const place = { region: 'fra', memoryMb: 256 };
  const data = { ownerId: 'ann', name: 'Echo', source: 'echo', status: 'RUNNING', ...place } as const;
  ({ id: deploymentId } = await prisma.deployment.create({
    data: { ...data, accessTokens: { create: { name: 'laptop', prefix: 'cwt_', hash: Buffer.from(hash) } } },
  }));
  const package_ = { runtime: 'npm', package: 'echo', version: '1.0.0', spec: {}, isolation: 'AUTO' } as const;
  const release = { number: 1, credentialVersion: 1, hostToken: 'token', reason: 'deploy', ...package_, ...place };
  const { id: releaseId } = await prisma.release.create({ data: { deploymentId, ...release } });
  await prisma.deployment.update({ where: { id: deploymentId }, data: { currentReleaseId: releaseId } });
  const machine = {
    app: 'app',
    name: 'm1',
    machineId: 'm1',
    configHash: 'x',
    region: 'fra',
    address: rig.machine.origin,
  };
  await prisma.machine.create({ data: { deploymentId, releaseId, ...machine } });
});
afterAll(async () => {
  await rig?.close();
  routes?.close();
  await database?.close();
  await postgres?.stop();
});

const call = () =>
  fetch(`${rig.front.origin}/api/mcp/${deploymentId}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(toolCall('echo', 1)),
  });

test('calls go on while PostgreSQL is away, for the time of a failover, and as before once it is back', async () => {
  expect((await call()).status).toBe(200);
  await postgres.restart(async () => {
    await expect.poll(() => routes.peek(deploymentId), { interval: 50 }).toBeDefined();
    aheadMs += 10_000; // the entry would be read again now
    await expect.poll(() => routes.peek(deploymentId), { interval: 50, message: 'LISTEN is lost' }).toBeUndefined();
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await call()).status));
    expect(new Set(statuses)).toEqual(new Set([200]));

    const unknown = await fetch(`${rig.front.origin}/api/mcp/00000000-0000-4000-8000-000000000000`, { method: 'POST' });
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '5']);

    aheadMs += OUTAGE_MS_MAX;
    const late = await call();
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await late.json()).toMatchObject({ id: 1, error: { data: { code: 'UNAVAILABLE' } } });
  });
  await expect.poll(async () => (await call()).status, { interval: 100 }).toBe(200);
  await database.prisma.accessToken.updateMany({ data: { revokedAt: new Date() } });
  routes.invalidate(deploymentId);
  expect((await call()).status).toBe(401);
});
