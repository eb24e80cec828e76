import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { LOG_LINES_MAX } from '#server/domain/logs/save.ts';
import { openLifecycle } from '../testing/lifecycle.testing.ts';
import { dualServer, minimalServer, packServer, statelessServer } from '../testing/small-server.testing.ts';

let world: Awaited<ReturnType<typeof openLifecycle>>;
beforeAll(async () => {
  world = await openLifecycle({ healthIntervalMs: 1_000, handshakeTimeoutMs: 5_000 });
});
afterAll(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

const running = async (id: string) => {
  const row = await world.until(id, (now) => now?.status === 'RUNNING' && now.phase === null);
  if (!row) throw new Error('It is gone.');
  return row;
};
const pidOf = async (client: Awaited<ReturnType<typeof world.connect>>, tool: string): Promise<unknown> => {
  const { content } = await client.callTool({ name: tool, arguments: {} });
  return content;
};

describe('sleep', () => {
  it('with the switch off an open stream keeps a deployment awake; without one it sleeps, and wakes with its memory', async () => {
    const spec = await packServer(world.dataDir, 'sleeper', minimalServer('sleeper'));
    const id = await world.deploy(spec, {}, { sleepAfterMinutes: 1 });
    await running(id);
    await world.prisma.deployment.update({ where: { id }, data: { answersWhileAsleep: false } });
    const client = await world.connect(id, 'a-client');
    const pid = await pidOf(client, 'sleeper');
    world.time.skip(61_000);
    const before = world.time.now();
    await world.checkedSince(id, before);
    expect((await running(id)).status).toBe('RUNNING');

    await client.close();
    await world.until(id, (row) => row?.status === 'ASLEEP');
    await world.wake(id);
    await running(id);
    const again = await world.connect(id, 'a-client');
    expect(await pidOf(again, 'sleeper')).toEqual(pid);
    await again.close();
  });
});

describe('a child that crashes', () => {
  it('is restarted, and fails the deployment with its exit code after five crashes in ten minutes', async () => {
    const id = await world.deploy(await packServer(world.dataDir, 'crashing', minimalServer('crashing')));
    await running(id);
    const crash = async () => {
      const client = await world.connect(id, 'a-client');
      await client.callTool({ name: 'exit', arguments: {} }).finally(() => client.close());
    };
    await expect(crash()).rejects.toThrow('exit code 3');
    await world.checkedSince(id, world.time.now());
    expect((await running(id)).status).toBe('RUNNING');
    await eventually('it is given up', async () => {
      await crash().catch(() => {}); // during the host's back-off even connecting is refused
      const row = await world.prisma.deployment.findUnique({ where: { id } });
      return row?.status === 'FAILED';
    });
    const row = await world.until(id, (now) => now?.status === 'FAILED');
    expect(row?.failure).toMatchObject({ code: 'CRASH_LOOP', exitCode: 3, hint: expect.any(String) });
  });
});

describe('health', () => {
  it('starts no child of its own, however often it is checked', async () => {
    const id = await world.deploy(await packServer(world.dataDir, 'single', minimalServer('single')));
    const row = await running(id);
    const client = await world.connect(id, 'a-client');
    for (let times = 0; times < 3; times += 1) await world.checkedSince(id, world.time.now());
    const status = await world.statusOf(row.machines[0]);
    expect(status?.children).toHaveLength(1);
    await client.close();
  });

  it('starts a server again that does not answer, and leaves its machine running', async () => {
    const id = await world.deploy(await packServer(world.dataDir, 'silent', minimalServer('silent')));
    const { machines } = await running(id);
    const before = await world.statusOf(machines[0]);
    process.kill(before?.children[0]?.pid ?? Number.NaN, 'SIGSTOP');
    const row = await world.until(
      id,
      (now) => now?.status === 'RUNNING' && now.events.at(-1)?.message === 'Healthy again.',
    );
    const messages = row?.events.filter(({ status }) => status === 'UNHEALTHY').map(({ data }) => data);
    expect(messages).toMatchObject([{ setback: 'server-stalled' }]);
    expect(row?.machines.map(({ instanceId }) => instanceId)).toEqual(machines.map(({ instanceId }) => instanceId));
    const after = await world.statusOf(row?.machines[0]);
    expect(after).toMatchObject({ restarts: 1, children: [{}] });
  });
});

describe('a server of the stateless protocol alone', () => {
  it('goes live with its tools, and stays healthy without a second child', async () => {
    const id = await world.deploy(await packServer(world.dataDir, 'stateless', statelessServer('stateless')));
    const row = await running(id);
    expect(row.currentRelease?.snapshot).toMatchObject({
      era: 'modern',
      protocolVersion: '2026-07-28',
      tools: [{ name: 'stateless' }],
    });
    for (let times = 0; times < 3; times += 1) await world.checkedSince(id, world.time.now());
    expect((await world.statusOf(row.machines[0]))?.children).toHaveLength(1);
  });
});

describe('a server of both eras', () => {
  it('goes live with both in its snapshot, and keeps one child', async () => {
    const id = await world.deploy(await packServer(world.dataDir, 'dual', dualServer('dual')));
    const row = await running(id);
    expect(row.currentRelease?.snapshot).toMatchObject({ era: 'dual', tools: [{ name: 'dual' }] });
    await world.checkedSince(id, world.time.now());
    expect((await world.statusOf(row.machines[0]))?.children).toHaveLength(1);
  });
});

describe('logs', () => {
  it(`keep the newest ${LOG_LINES_MAX} lines of a deployment`, async () => {
    const id = await world.deploy(await packServer(world.dataDir, 'chatty', minimalServer('chatty')));
    const row = await running(id);
    const machineRowId = row.machines[0]?.id ?? '';
    await world.prisma.logEntry.createMany({
      data: Array.from({ length: LOG_LINES_MAX + 100 }, (_, index) => ({
        deploymentId: id,
        machineRowId,
        cursor: `old.${index}`,
        at: new Date(),
        stream: 'STDERR' as const, // the literal would widen to string
        text: `line ${index}`,
      })),
    });
    const client = await world.connect(id, 'a-client');
    await client.callTool({ name: 'exit', arguments: {} }).catch(() => {}); // which the host logs
    await client.close();
    await eventually('a new line is saved', async () => {
      const ended = { deploymentId: id, text: { contains: 'exit code 3' } }; // a line about the next start may follow it
      return (await world.prisma.logEntry.count({ where: ended })) > 0;
    });
    await world.checkedSince(id, world.time.now());
    expect(await world.prisma.logEntry.count({ where: { deploymentId: id } })).toBe(LOG_LINES_MAX);
  });
});
