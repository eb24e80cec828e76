import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { eventually } from '#deploy/eventually.testing.ts';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import { openDatabase } from '#prisma/client.ts';
import { openLifecycle } from '#server/domain/deployments/testing/lifecycle.testing.ts';
import { packServer } from '#server/domain/deployments/testing/small-server.testing.ts';
import { changingServer } from '#server/mcp/parked/changing-server.testing.ts';
import { type ServedEndpoint, serveEndpoint } from '#server/mcp/parked/endpoint.testing.ts';
import { median, report } from './sleep-report.ts';

const AT_ONCE = 4;
const LIMIT_MS = 600_000;
const WAKE_RATIO_MAX = 1.3;

type World = Awaited<ReturnType<typeof openLifecycle>>;
type Call = { name: string; arguments: Record<string, unknown> };

/** A server that falls asleep, and the same program started by hand. */
export type SleepyServer = {
  label: string;
  call: Call;
  /** The tool that makes the server announce a change of its tools; null if it has none. */
  changeTool: string | null;
  spec: (world: World) => Promise<PackageSpec>;
  /** The arguments of `node`, once the package is in the install cache. */
  byHand: (world: World) => Promise<string[]>;
};

export const SMALL: SleepyServer = {
  label: 'a small server',
  call: { name: 'pid', arguments: {} },
  changeTool: 'change',
  spec: ({ dataDir }) => packServer(dataDir, 'idle', changingServer('idle')),
  byHand: async () => ['--input-type=module', '-e', changingServer('idle')],
};

const NAME = '@modelcontextprotocol/server-everything';

/** A published server with dependencies; needs the npm registry. */
export const REAL: SleepyServer = {
  label: `${NAME} 2026.8.31`,
  call: { name: 'echo', arguments: { message: 'awake' } },
  changeTool: null,
  spec: async () => ({ runtime: 'npm', name: NAME, version: '2026.8.31' }),
  byHand: async ({ dataDir }) => {
    const cache = path.join(dataDir, 'cache');
    for (const entry of await readdir(cache)) {
      const folder = path.join(cache, entry, 'files/package/node_modules', NAME);
      const manifest = await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => null);
      if (manifest === null) continue;
      const { bin } = JSON.parse(manifest) as { bin: Record<string, string> | string }; // of npm's own form
      return [path.join(folder, typeof bin === 'string' ? bin : (Object.values(bin)[0] ?? ''))];
    }
    throw new Error('The package is not in the install cache.');
  },
};

/** Starts the program by hand, with a handshake and a call; resolves to the milliseconds until its answer. */
async function startByHand(args: string[], call: Call): Promise<number> {
  const startedAt = performance.now();
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('The process has no pipes.');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const send = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const answered = async (id: number) => {
    for (let next = await lines.next(); !next.done; next = await lines.next())
      if (JSON.parse(next.value).id === id) return;
    throw new Error('The server ended without an answer.');
  };
  const clientInfo = { name: 'bench', version: '1' };
  send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } });
  await answered(1);
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/call', params: call });
  await answered(2);
  const milliseconds = performance.now() - startedAt;
  child.kill();
  return milliseconds;
}

async function deployAll(world: World, spec: PackageSpec, count: number): Promise<string[]> {
  const ids: string[] = [];
  const serving = () => world.prisma.deployment.count({ where: { status: 'RUNNING', phase: null } });
  while (ids.length < count) {
    // The first one alone: its host fills the install cache.
    const size = ids.length === 0 ? 1 : Math.min(AT_ONCE, count - ids.length);
    const batch = await Promise.all(
      Array.from({ length: size }, () => world.deploy(spec, {}, { sleepAfterMinutes: 1, access: 'PUBLIC' })),
    );
    ids.push(...batch);
    await eventually('they serve', async () => (await serving()) === ids.length, LIMIT_MS);
  }
  return ids;
}

/** One idle client for each deployment: half hold the GET stream of a session, half `subscriptions/listen`. */
async function connectAll(served: ServedEndpoint, ids: string[]) {
  let broken = 0;
  const clients = await Promise.all(
    ids.map(async (id, index) => {
      const changed = Promise.withResolvers<void>();
      const mode = index % 2 === 0 ? ('legacy' as const) : { pin: '2026-07-28' as const };
      const client = new Client(
        { name: 'idle', version: '1' },
        {
          versionNegotiation: { mode },
          listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => changed.resolve() } },
        },
      );
      client.onerror = () => {
        broken += 1;
      };
      await client.connect(new StreamableHTTPClientTransport(new URL(served.urlOf(id))));
      await client.listTools();
      return { client, changed: changed.promise };
    }),
  );
  return { clients, broken: () => broken };
}

async function untilAsleep(world: World, served: ServedEndpoint, count: number): Promise<void> {
  world.time.skip(61_000);
  const asleep = { status: 'ASLEEP', nextCheckAt: null, leaseOwner: null } as const;
  await eventually(
    'all are asleep',
    async () => (await world.prisma.deployment.count({ where: asleep })) === count,
    LIMIT_MS,
  );
  await eventually('all streams are parked', () => served.endpoint.parkedCount() === count, LIMIT_MS);
}

/** Measures `count` deployments of a server from their sleep to the calls that wake them. */
export async function measureDeployments(server: SleepyServer, count: number): Promise<void> {
  const database = await openDatabase({ kind: 'pglite', directory: null });
  const world = await openLifecycle({ healthIntervalMs: 5_000, database });
  const served = await serveEndpoint(world);
  const tell = (what: string, ...figure: [number, string, Parameters<typeof report>[3]?]) =>
    report(`${server.label}: ${what}`, ...figure);
  try {
    const ids = await deployAll(world, await server.spec(world), count);
    const { clients, broken } = await connectAll(served, ids);
    await untilAsleep(world, served, count);
    tell('deployments asleep under idle clients', count, `of ${count}`);
    tell('streams of clients that broke', broken(), '', { atMost: 0 });

    const listing: number[] = [];
    for (const { client } of clients) {
      const startedAt = performance.now();
      await client.listTools();
      listing.push(performance.now() - startedAt);
    }
    const awake = await world.prisma.deployment.count({ where: { NOT: { status: 'ASLEEP' } } });
    tell('`tools/list` of a sleeping deployment, p50', median(listing), 'ms', { atMost: 5 });
    tell('machines started for it', awake, '', { atMost: 0 });

    const args = await server.byHand(world);
    const byHand: number[] = [];
    const wakeAll = async (before: () => void): Promise<number> => {
      const waking: number[] = [];
      for (const { client } of clients) {
        byHand.push(await startByHand(args, server.call));
        before();
        const startedAt = performance.now();
        await client.callTool(server.call);
        waking.push(performance.now() - startedAt);
      }
      await eventually('all streams are with their machines', () => served.endpoint.parkedCount() === 0, LIMIT_MS);
      return median(waking);
    };
    const warm = await wakeAll(() => {});
    const hand = median(byHand);
    tell('a start of the process by hand, with a call, p50', hand, 'ms');
    tell('wake and call, p50', warm, 'ms');
    tell('wake and call, by a start by hand', warm / hand, '×', { atMost: WAKE_RATIO_MAX });
    const { changeTool } = server;
    if (changeTool !== null) {
      await Promise.all(clients.map(({ client }) => client.callTool({ name: changeTool, arguments: {} })));
      await Promise.all(clients.map(({ changed }) => changed));
      tell('clients that were notified of a change after the wake', clients.length, `of ${count}`);
    }

    await untilAsleep(world, served, count);
    const lostMemory = { match: { action: 'resume' }, effect: { kind: 'lost-snapshot' } } as const;
    const cold = await wakeAll(() => void world.local.faults.add(lostMemory));
    tell('wake with lost memory and call, p50', cold, 'ms');
    tell('streams of clients that broke until the end', broken(), '', { atMost: 0 });
    await Promise.all(clients.map(({ client }) => client.close()));
  } finally {
    await served.close();
    await world.close();
  }
}
