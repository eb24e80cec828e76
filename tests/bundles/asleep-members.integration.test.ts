import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { buildConnector } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUNDLE_ORIGIN, machineHeaders, REMOTE_ORIGIN } from '#deploy/address.ts';
import { eventually } from '#deploy/eventually.testing.ts';
import { addDeployment } from '#server/compose/app.testing.ts';
import { openBundles } from '#server/compose/bundles.ts';
import { createEnvelopes } from '#server/domain/credentials/envelope.ts';
import { parseKeyRing } from '#server/domain/credentials/key-ring.ts';
import { openHostToken } from '#server/domain/deployments/rows/releases.ts';
import { openLifecycle } from '#server/domain/deployments/testing/lifecycle.testing.ts';
import { packServer } from '#server/domain/deployments/testing/small-server.testing.ts';
import { bundleConnector } from '#server/mcp/bundles/gateway.ts';
import { createRouteLoader } from '#server/mcp/load-route.ts';
import { changingServer } from '#server/mcp/parked/changing-server.testing.ts';
import { type ServedEndpoint, serveEndpoint } from '#server/mcp/parked/endpoint.testing.ts';
import { createRouteTable } from '#server/mcp/route-table.ts';
import { createUpstream } from '#server/mcp/upstream.ts';

const MEMBERS = ['one', 'two'] as const;
const TOOLS = ['change', 'level', 'pid'];
const namesOf = (...prefixes: string[]) => prefixes.flatMap((prefix) => TOOLS.map((tool) => `${prefix}_${tool}`));

let world: Awaited<ReturnType<typeof openLifecycle>>;
let served: ServedEndpoint;
let bundleId: string;
const ids: Record<string, string> = {};
const opened = new AsyncDisposableStack();

/** Two deployments on real machines, and a bundle of them. */
beforeAll(async () => {
  world = await openLifecycle({ healthIntervalMs: 1_000 });
  opened.defer(world.close);
  const { prisma, events } = world;
  const envelopes = createEnvelopes(parseKeyRing(Buffer.alloc(32, 7).toString('base64')));
  let port = 0;
  const upstream = createUpstream({ connect: bundleConnector(buildConnector({ allowH2: false }), () => port) });
  opened.defer(upstream.close);
  const routes = createRouteTable({
    load: createRouteLoader({
      prisma,
      openHostToken: (release) => openHostToken(envelopes, release),
      machineHeaders: ({ machineId, origin }) =>
        origin === REMOTE_ORIGIN || origin === BUNDLE_ORIGIN ? machineHeaders('bundle', machineId) : {},
    }),
    events,
    nowMs: Date.now,
  });
  opened.defer(async () => routes.close());
  served = await serveEndpoint(world, { upstream, routes });
  opened.defer(served.close);
  const log = { error: (fields: object) => served.errors.push(fields) } as Parameters<typeof openBundles>[0]['log'];
  const { endpoint } = served;
  const bundles = await openBundles({ prisma, envelopes, endpoint, routes, nowMs: Date.now, log });
  opened.defer(bundles.close);
  port = bundles.port;

  for (const name of MEMBERS) {
    const spec = await packServer(world.dataDir, name, changingServer(name));
    ids[name] = await world.deploy(spec, {}, { sleepAfterMinutes: 1 });
  }
  for (const name of MEMBERS)
    await world.until(ids[name] ?? '', (row) => row?.status === 'RUNNING' && row.phase === null);

  const { id, releaseId } = await addDeployment(prisma, world.actor.userId, 'Together');
  bundleId = id;
  const context = { purpose: 'host-token', subject: releaseId, version: 1 } as const;
  const hostToken = await envelopes.seal('of the bundle', context);
  await prisma.release.update({ where: { id: releaseId }, data: { runtime: 'bundle', hostToken } });
  await prisma.deployment.update({ where: { id }, data: { access: 'PUBLIC' } });
  const machine = { app: 'bundle', name: id, configHash: '', machineId: 'b1', region: 'local', state: 'started' };
  await prisma.machine.create({ data: { ...machine, deploymentId: id, releaseId, address: BUNDLE_ORIGIN } });
  for (const [position, name] of MEMBERS.entries())
    await prisma.bundleMember.create({
      data: { bundleId: id, prefix: name, deploymentId: ids[name] ?? '', position },
    });
  await events.publish(prisma, 'access', id);
});
afterAll(async () => {
  const errors = [...world.errors, ...served.errors];
  await opened.disposeAsync();
  // The Machines API of this world has no app for the rows of bundles, which the worker lists.
  expect(errors.filter((error) => !String(error).includes('list bundle'))).toEqual([]);
});

const stateOf = (name: string) => world.prisma.deployment.findUniqueOrThrow({ where: { id: ids[name] ?? '' } });
const fallAsleep = async () => {
  world.time.skip(61_000);
  for (const name of MEMBERS)
    await eventually(`${name} is asleep and at rest`, async () => {
      const { status, nextCheckAt, leaseOwner } = await stateOf(name);
      return status !== 'RUNNING' || (nextCheckAt === null && leaseOwner === null) ? status === 'ASLEEP' : false;
    });
};
const statuses = async () =>
  Object.fromEntries(await Promise.all(MEMBERS.map(async (one) => [one, (await stateOf(one)).status])));

async function connect(mode: 'legacy' | { pin: '2026-07-28' }) {
  const client = new Client({ name: 'bundled', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(served.urlOf(bundleId))));
  const list = async () => {
    const { tools, _meta } = await client.listTools();
    return { names: tools.map(({ name }) => name).sort(), unavailable: _meta?.['catwalk/unavailable'] };
  };
  return { client, list };
}

const MODES = [
  ['a session', 'legacy'],
  ['MCP 2026-07-28', { pin: '2026-07-28' }],
] as const;

test.each(MODES)(
  'members that sleep are listed without a machine, and a call wakes its own alone: %s',
  async (_what, mode) => {
    // Only lists that a client of the version received before are given away.
    const before = await connect(mode);
    expect((await before.list()).names).toEqual(namesOf(...MEMBERS));
    await before.client.close();
    await fallAsleep();

    const { client, list } = await connect(mode);
    expect(await list()).toEqual({ names: namesOf(...MEMBERS), unavailable: undefined });
    expect(await statuses()).toEqual({ one: 'ASLEEP', two: 'ASLEEP' });
    const { content } = await client.callTool({ name: 'two_pid', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/^\d+$/) }]);
    expect(await statuses()).toEqual({ one: 'ASLEEP', two: 'RUNNING' });
    await client.close();
  },
);

test('a member whose machine does not wake takes only its own tools away, and says so', async () => {
  const { client, list } = await connect('legacy');
  await list();
  await fallAsleep();
  await world.service.stop(world.actor, ids['one'] ?? '');
  await eventually('it is stopped', async () => (await stateOf('one')).status === 'STOPPED');
  expect(await list()).toEqual({
    names: namesOf('two'),
    unavailable: [{ prefix: 'one', name: 'server', code: 'STOPPED', message: expect.stringContaining('stopped') }],
  });
  await expect(client.callTool({ name: 'one_pid', arguments: {} })).rejects.toThrow(/server: .*stopped/);
  expect(await client.callTool({ name: 'two_pid', arguments: {} })).toMatchObject({ content: [{ type: 'text' }] });
  await client.close();
});
