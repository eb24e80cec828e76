import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { openLifecycle } from '#server/domain/deployments/testing/lifecycle.testing.ts';
import { packServer } from '#server/domain/deployments/testing/small-server.testing.ts';
import { changingServer } from './changing-server.testing.ts';
import { type ServedEndpoint, serveEndpoint } from './endpoint.testing.ts';

let world: Awaited<ReturnType<typeof openLifecycle>>;
let one: ServedEndpoint;
let other: ServedEndpoint;
beforeAll(async () => {
  world = await openLifecycle({ healthIntervalMs: 1_000 });
  one = await serveEndpoint(world);
  other = await serveEndpoint(world);
});
afterAll(async () => {
  await one.close();
  await other.close();
  expect([...world.errors, ...one.errors, ...other.errors]).toEqual([]);
  await world.close();
});

async function deploy(name: string, values: Parameters<typeof world.deploy>[2] = {}): Promise<string> {
  const spec = await packServer(world.dataDir, name, changingServer(name));
  const id = await world.deploy(spec, {}, { sleepAfterMinutes: 1, access: 'PUBLIC', ...values });
  await world.until(id, (row) => row?.status === 'RUNNING' && row.phase === null);
  return id;
}

async function connect(endpoint: ServedEndpoint, id: string, mode: 'legacy' | { pin: '2026-07-28' } | 'sse') {
  const changes: string[] = [];
  const errors: unknown[] = [];
  const client = new Client(
    { name: 'idle', version: '1' },
    {
      versionNegotiation: { mode: mode === 'sse' ? 'legacy' : mode },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => void changes.push('tools') } },
    },
  );
  client.onerror = (error) => errors.push(error);
  const transport = new StreamableHTTPClientTransport(new URL(endpoint.urlOf(id)));
  await client.connect(mode === 'sse' ? new SSEClientTransport(new URL(`${endpoint.urlOf(id)}/sse`)) : transport);
  const call = async (tool: string) => {
    const { content } = await client.callTool({ name: tool, arguments: {} });
    const [first] = content as { text: string }[]; // the server answers with one text
    return first?.text ?? '';
  };
  return { client, transport, changes, errors, call };
}

const fallsAsleep = async (id: string) => {
  world.time.skip(61_000);
  await eventually('it is asleep and at rest', async () => {
    const row = await world.prisma.deployment.findUniqueOrThrow({ where: { id } });
    return row.status === 'ASLEEP' && row.nextCheckAt === null && row.leaseOwner === null;
  });
};

test.each([
  ['of a session', 'legacy'],
  ['of subscriptions/listen', { pin: '2026-07-28' }],
  ['of HTTP+SSE', 'sse'],
] as const)('a machine sleeps under an idle stream %s, and its memory and its news come back', async (_what, mode) => {
  const id = await deploy(`warm-${typeof mode === 'string' ? mode : 'modern'}`);
  const { client, changes, errors, call } = await connect(one, id, mode);
  const pid = await call('pid');
  for (const round of [1, 2]) {
    await fallsAsleep(id);
    await eventually('the stream is parked', () => one.endpoint.parkedCount() === 1);
    expect(await call('pid')).toBe(pid);
    await eventually('the stream is with its machine', () => one.endpoint.parkedCount() === 0);
    await call('change');
    await eventually('the client is notified of the change', () => changes.length === round);
  }
  expect(errors).toEqual([]);
  await client.close();
});

test('a session goes on after a cold start, with its log level, and its stream brings the news', async () => {
  const id = await deploy('cold');
  const { client, transport, changes, errors, call } = await connect(one, id, 'legacy');
  await client.setLoggingLevel('warning');
  const pid = await call('pid');
  const session = transport.sessionId;
  world.local.faults.add({ match: { action: 'resume' }, effect: { kind: 'lost-snapshot' } });
  await fallsAsleep(id);
  expect(await call('pid')).not.toBe(pid);
  expect(await call('level')).toBe('warning');
  expect(transport.sessionId).toBe(session);
  await call('change');
  await eventually('the client is notified of the change', () => changes.length > 0);
  expect(errors).toEqual([]);
  await client.close();
});

test('a session of HTTP+SSE goes on after a cold start, with its log level, and its stream brings the news', async () => {
  const id = await deploy('cold-sse');
  const { client, changes, errors, call } = await connect(one, id, 'sse');
  await client.setLoggingLevel('warning');
  const pid = await call('pid');
  world.local.faults.add({ match: { action: 'resume' }, effect: { kind: 'lost-snapshot' } });
  await fallsAsleep(id);
  expect(await call('pid')).not.toBe(pid);
  expect(await call('level')).toBe('warning');
  await call('change');
  await eventually('the client is notified of the change', () => changes.length > 0);
  expect(errors).toEqual([]);
  await client.close();
});

test('a session goes on at another machine, when its own was lost while it slept', async () => {
  const id = await deploy('lost');
  const { client, changes, errors, call } = await connect(one, id, 'legacy');
  await call('pid');
  await fallsAsleep(id);
  const before = await world.prisma.machine.findFirstOrThrow({ where: { deploymentId: id } });
  await world.machines.delete(before.app, before.machineId ?? '', { force: true });
  expect(await call('pid')).not.toBe('');
  const after = await world.prisma.machine.findFirstOrThrow({ where: { deploymentId: id } });
  expect(after.formerMachineIds).toEqual([before.machineId]);
  await call('change');
  await eventually('the client is notified of the change', () => changes.length > 0);
  expect(errors).toEqual([]);
  await client.close();
});

test('a stream that is parked at one instance goes on when another instance wakes the machine', async () => {
  const id = await deploy('instances');
  const listening = await connect(one, id, 'legacy');
  await fallsAsleep(id);
  await eventually('the stream is parked', () => one.endpoint.parkedCount() === 1);
  const calling = await connect(other, id, 'legacy');
  await calling.call('change');
  await eventually('the stream is with its machine', () => one.endpoint.parkedCount() === 0);
  await calling.call('change');
  await eventually('the client at the first instance is notified', () => listening.changes.length > 0);
  await Promise.all([listening.client.close(), calling.client.close()]);
});

test('with the switch off an open stream keeps its machine awake', async () => {
  const id = await deploy('awake');
  await world.prisma.deployment.update({ where: { id }, data: { answersWhileAsleep: false } });
  await world.events.publish(world.prisma, 'deployment', id);
  const { client } = await connect(one, id, 'legacy');
  world.time.skip(61_000);
  await world.checkedSince(id, world.time.now());
  await world.checkedSince(id, world.time.now());
  expect((await world.prisma.deployment.findUniqueOrThrow({ where: { id } })).status).toBe('RUNNING');
  await client.close();
});
