import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { createHostClient } from '#deploy/host-client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { readLock } from '#server/domain/deployments/definitions/read-lock.ts';
import { createDefinitionService } from '#server/domain/deployments/definitions/service.ts';
import { openLifecycle } from '#server/domain/deployments/testing/lifecycle.testing.ts';
import { packServer } from '#server/domain/deployments/testing/small-server.testing.ts';
import { type ServedEndpoint, serveEndpoint } from '../parked/endpoint.testing.ts';
import { turningServer } from './turning-server.testing.ts';

let world: Awaited<ReturnType<typeof openLifecycle>>;
let endpoint: ServedEndpoint;
let service: ReturnType<typeof createDefinitionService>;
const host = createHostClient();
const actor: Actor = { userId: 'u1', role: 'ADMIN', scope: 'WRITE', via: 'session', ip: null };

beforeAll(async () => {
  world = await openLifecycle({ healthIntervalMs: 1_000 });
  const { prisma, events, time } = world;
  endpoint = await serveEndpoint(world, {
    lock: {
      read: (deploymentId) => readLock(prisma, deploymentId),
      give: (target, held, signal) => host.giveLock(target, held, signal),
    },
  });
  service = createDefinitionService({ database: world.database, events, now: time.now });
});
afterAll(async () => {
  await endpoint.close();
  await host.close();
  expect([...world.errors, ...endpoint.errors]).toEqual([]);
  await world.close();
});

const lockOf = (deploymentId: string) => world.prisma.definitionLock.findUniqueOrThrow({ where: { deploymentId } });

async function deployed(name: string): Promise<string> {
  const spec = await packServer(world.dataDir, name, turningServer(name));
  const id = await world.deploy(spec, {}, { access: 'PUBLIC', sleepAfterMinutes: 1 });
  await world.until(id, (row) => row?.status === 'RUNNING' && row.phase === null);
  return id;
}

async function connect(id: string) {
  const client = new Client({ name: 'reader', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(endpoint.urlOf(id))));
  const names = async () => (await client.listTools()).tools.map(({ name }) => name);
  const call = (name: string) => client.callTool({ name, arguments: { path: 'a' } });
  return { client, names, call, close: () => client.close() };
}

/** The server announces a change; the next look is a health check away, and not within twenty seconds of the last one. */
const observed = async (id: string) => {
  world.time.skip(25_000);
  return eventually('the change is seen', async () => {
    const row = await lockOf(id);
    return row.observedKey === null ? null : row;
  });
};

test('a server that turns while it runs keeps its agreed tools under HOLD until a person approves the change', async () => {
  const id = await deployed('held');
  expect(await lockOf(id)).toMatchObject({ policy: 'NOTIFY', version: 0, observedKey: null });
  await service.setPolicy(actor, { deploymentId: id, policy: 'HOLD' });
  const { client, names, call, close } = await connect(id);
  expect(await names()).toEqual(['read', 'loudly']);
  expect((await call('read')).content).toEqual([{ type: 'text', text: 'did read' }]);

  await call('loudly');
  // enforced by the host at once, before the platform has looked
  expect(await names()).toEqual(['read', 'loudly']);
  await expect(call('read')).rejects.toThrow(/changed the definition.*owner of the deployment has to approve/);
  await expect(call('wipe')).rejects.toThrow(/“wipe” is new/);

  const row = await observed(id);
  expect([row.changes, row.held]).toEqual([2, 2]);
  await expect(call('read')).rejects.toThrow(/“mail” is required now/);
  const alerts = await world.prisma.alert.findMany({ where: { deploymentId: id } });
  expect(alerts).toMatchObject([
    {
      kind: 'definitions-changed',
      data: {
        definitions: {
          isHeld: true,
          changes: [
            { name: 'read', effects: ['NARROWED'] },
            { name: 'wipe', effects: ['ADDED'] },
          ],
        },
      },
    },
  ]);
  const audited = () =>
    world.prisma.auditEvent.findMany({ where: { deploymentId: id, type: { startsWith: 'definitions.' } } });
  expect((await audited()).map(({ type, actor: who }) => `${type} ${who}`)).toEqual([
    'definitions.policy u1',
    'definitions.changed system',
  ]);

  await expect(service.approve(actor, { deploymentId: id, key: 'another' })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  const stranger = { ...actor, userId: 'u2' };
  await expect(service.approve(stranger, { deploymentId: id, key: row.observedKey ?? '' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await service.approve(actor, { deploymentId: id, key: row.observedKey ?? '' });
  await eventually('the change reaches clients', async () => (await names()).includes('wipe'));
  expect((await call('wipe')).content).toEqual([{ type: 'text', text: 'did wipe' }]);
  expect((await audited()).at(-1)).toMatchObject({ type: 'definitions.approved', data: { names: ['read', 'wipe'] } });
  await client.close();
  await close();
});

test('what sleeps answers with the agreed tools, and what starts cold holds them from its first answer', async () => {
  const id = await deployed('asleep');
  await service.setPolicy(actor, { deploymentId: id, policy: 'HOLD' });
  const first = await connect(id);
  await first.names();
  await first.call('loudly');
  await first.names();
  await first.close();
  await observed(id);
  world.time.skip(61_000);
  await eventually('it is asleep and at rest', async () => {
    const row = await world.prisma.deployment.findUniqueOrThrow({ where: { id } });
    return row.status === 'ASLEEP' && row.nextCheckAt === null && row.leaseOwner === null;
  });
  const release = await world.prisma.release.findFirstOrThrow({ where: { deploymentId: id } });
  expect(JSON.stringify(release.offer)).not.toMatch(/wipe|mail/);
  const client = await connect(id);
  expect(await client.names()).toEqual(['read', 'loudly']);
  await expect(client.call('wipe')).rejects.toThrow(/is new/);
  await client.close();
});

test('under NOTIFY clients see the change, and under ALLOW it counts as agreed to', async () => {
  const id = await deployed('notified');
  const client = await connect(id);
  await client.call('loudly');
  expect(await client.names()).toEqual(['read', 'loudly', 'wipe']);
  const row = await observed(id);
  expect(row).toMatchObject({ policy: 'NOTIFY', held: 2, version: 0 });
  expect(await world.prisma.alert.count({ where: { deploymentId: id } })).toBe(1);
  await service.setPolicy(actor, { deploymentId: id, policy: 'ALLOW' });
  expect(await lockOf(id)).toMatchObject({ policy: 'ALLOW', observedKey: null, changes: 0 });
  await client.close();
});
