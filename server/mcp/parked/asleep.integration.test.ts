import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { credentialField } from '#server/domain/deployments/rows/credential-field.testing.ts';
import { openLifecycle } from '#server/domain/deployments/testing/lifecycle.testing.ts';
import { packServer } from '#server/domain/deployments/testing/small-server.testing.ts';
import { changingServer } from './changing-server.testing.ts';
import { type ServedEndpoint, serveEndpoint } from './endpoint.testing.ts';

let world: Awaited<ReturnType<typeof openLifecycle>>;
let endpoint: ServedEndpoint;
beforeAll(async () => {
  world = await openLifecycle({ healthIntervalMs: 1_000 });
  endpoint = await serveEndpoint(world);
});
afterAll(async () => {
  await endpoint.close();
  expect([...world.errors, ...endpoint.errors]).toEqual([]);
  await world.close();
});

const stateOf = (id: string) => world.prisma.deployment.findUniqueOrThrow({ where: { id } });
const wakes = (id: string) =>
  world.prisma.deploymentEvent.count({ where: { deploymentId: id, message: { startsWith: 'Waking up' } } });

async function asleep(
  name: string,
  program = changingServer(name),
  form: Parameters<typeof world.deploy>[1] = {},
  values: Parameters<typeof world.deploy>[2] = {},
): Promise<string> {
  const spec = await packServer(world.dataDir, name, program);
  const id = await world.deploy(spec, form, { sleepAfterMinutes: 1, access: 'PUBLIC', ...values });
  await world.until(id, (row) => row?.status === 'RUNNING' && row.phase === null);
  await fallsAsleep(id);
  return id;
}

const fallsAsleep = async (id: string) => {
  world.time.skip(61_000);
  await eventually('it is asleep and at rest', async () => {
    const row = await stateOf(id);
    return row.status === 'ASLEEP' && row.nextCheckAt === null && row.leaseOwner === null;
  });
};

async function connect(id: string, mode: 'legacy' | { pin: '2026-07-28' }) {
  const changes: string[] = [];
  const client = new Client(
    { name: 'early', version: '1' },
    {
      versionNegotiation: { mode },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => changes.push('tools') } },
    },
  );
  const transport = new StreamableHTTPClientTransport(new URL(endpoint.urlOf(id)));
  await client.connect(transport);
  return { client, transport, changes };
}

/** Only answers that a client of the version received before are given away; the handshake counts as one of sessions. */
async function usedBefore(id: string, mode: Parameters<typeof connect>[1]): Promise<void> {
  if (mode === 'legacy') return;
  const { client } = await connect(id, mode);
  await client.listTools();
  await client.close();
  await fallsAsleep(id);
}

test.each([
  ['a session', 'legacy'],
  ['MCP 2026-07-28', { pin: '2026-07-28' }],
] as const)(
  'a client with %s connects, lists and listens without a machine, and its first call wakes it',
  async (_what, mode) => {
    const id = await asleep(`early-${typeof mode === 'string' ? mode : 'modern'}`);
    await usedBefore(id, mode);
    const wokenBefore = await wakes(id);
    const { client, transport, changes } = await connect(id, mode);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['pid', 'level', 'change']);
    expect(client.getServerVersion()).toMatchObject({ version: '1' });
    expect(client.getInstructions()).toBe('Call pid.');
    if (mode === 'legacy') await client.ping();
    expect([(await stateOf(id)).status, await wakes(id)]).toEqual(['ASLEEP', wokenBefore]);
    await eventually('its stream is parked', () => endpoint.endpoint.parkedCount() === 1);
    const session = transport.sessionId;

    const { content } = await client.callTool({ name: 'pid', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/^\d+$/) }]);
    expect(await wakes(id)).toBe(wokenBefore + 1);
    expect(transport.sessionId).toBe(session);
    await eventually('its stream is with the machine', () => endpoint.endpoint.parkedCount() === 0);
    await client.callTool({ name: 'change', arguments: {} });
    await eventually('the client is notified of the change', () => changes.length === 1);
    expect(await world.prisma.keptSession.count({ where: { deploymentId: id } })).toBe(0);
    await client.close();
  },
);

test('a session that ends while its machine sleeps wakes nothing, and is not made again', async () => {
  const id = await asleep('ended');
  const { client, transport } = await connect(id, 'legacy');
  expect(await world.prisma.keptSession.count({ where: { deploymentId: id } })).toBe(1);
  await transport.terminateSession();
  await client.close();
  expect(await world.prisma.keptSession.count({ where: { deploymentId: id } })).toBe(0);
  expect((await stateOf(id)).status).toBe('ASLEEP');
});

test('lists that differ between two callers are never given away', async () => {
  const program = changingServer('varied').replace(
    "'tools/list': () => ({",
    "'tools/list': () => ({ nonce: String(Math.random()),",
  );
  const id = await asleep('varied', program);
  const first = await connect(id, 'legacy');
  await first.client.callTool({ name: 'pid', arguments: {} });
  await first.client.listTools();
  await first.client.close();
  await fallsAsleep(id);
  expect(await world.prisma.release.findFirst({ where: { deploymentId: id } })).toMatchObject({ offerVaries: true });
  const before = await wakes(id);
  const { client } = await connect(id, 'legacy');
  expect(await wakes(id)).toBe(before + 1);
  await client.close();
});

test('an offer with a secret in it is never kept', async () => {
  const program = changingServer('secret').replace("instructions: 'Call pid.'", 'instructions: process.env.API_KEY');
  const id = await asleep(
    'secret',
    program,
    { credentials: [credentialField('API_KEY')] },
    { credentials: [{ name: 'API_KEY', value: 'sk-very-secret-value' }] },
  );
  const release = await world.prisma.release.findFirstOrThrow({ where: { deploymentId: id } });
  expect([release.offer, release.offerDigests]).toEqual([null, null]);
  const { client } = await connect(id, 'legacy');
  expect(client.getInstructions()).toBe('sk-very-secret-value');
  await client.close();
});

test('a cold start with other tools marks the offer, and clients that listen are notified', async () => {
  const program = changingServer('newer').replace(
    'const tools = {',
    "const tools = {\n  ['t' + process.pid]: () => 'x',",
  );
  const id = await asleep('newer', program);
  const { client, changes } = await connect(id, 'legacy');
  const seen = await client.listTools();
  await eventually('its stream is parked', () => endpoint.endpoint.parkedCount() === 1);
  world.local.faults.add({ match: { action: 'resume' }, effect: { kind: 'lost-snapshot' } });
  await client.callTool({ name: 'pid', arguments: {} });
  await eventually('the client is notified of the change', () => changes.length === 1);
  expect(await client.listTools()).not.toEqual(seen);
  const release = await world.prisma.release.findFirstOrThrow({ where: { deploymentId: id } });
  expect(release.offerVaries).toBe(true);
  await client.close();
});
