import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, SSEClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { openLifecycle } from '#server/domain/deployments/testing/lifecycle.testing.ts';
import { packServer } from '#server/domain/deployments/testing/small-server.testing.ts';
import { changingServer } from '#server/mcp/parked/changing-server.testing.ts';
import { type ServedEndpoint, serveEndpoint } from '#server/mcp/parked/endpoint.testing.ts';
import { CLIENTS } from '../eras/clients.ts';
import { openInspector } from './inspector.ts';

/** How often the clients idle until their servers sleep, and call; with 480 it is the night of an editor, a minute each. */
const CYCLES = Number(process.env['CATWALK_IDLE_CYCLES'] ?? 2);
const CYCLE_MS_MAX = 60_000;

let world: Awaited<ReturnType<typeof openLifecycle>>;
let endpoint: ServedEndpoint;
let configDir: string;
beforeAll(async () => {
  configDir = await mkdtemp(path.join(tmpdir(), 'catwalk-idle-'));
  // Above the time for which a worker keeps a row: each server that is awake would hold one of its eight places.
  world = await openLifecycle({ healthIntervalMs: 3_000 });
  endpoint = await serveEndpoint(world);
});
/** Clients that are open: the inspector's daemon outlives a test that fails. */
const clients = new Set<IdleClient>();
afterAll(async () => {
  await Promise.allSettled([...clients].map((client) => client.close()));
  await endpoint.close();
  expect([...world.errors, ...endpoint.errors]).toEqual([]);
  await world.close();
  await rm(configDir, { recursive: true, force: true });
});

/** A client that idles. Where it can tell when it connected, that must not change. */
type IdleClient = { call(tool: string): Promise<string>; connectedAt?(): Promise<unknown>; close(): Promise<void> };
type OpenIdle = (name: string, endpoint: { url: string; token: string }, configDir: string) => Promise<IdleClient>;

const IDLE_CLIENTS: Record<string, OpenIdle> = {
  ...CLIENTS,
  'the inspector, legacy': (_name, at, folder) => openInspector(at, folder, 'legacy'),
  'the inspector, 2026-07-28': (_name, at, folder) => openInspector(at, folder, 'modern'),
  'the official v2 client over HTTP+SSE': async (name, { url }) => {
    const client = new Client({ name, version: '1' });
    await client.connect(new SSEClientTransport(new URL(`${url}/sse`)));
    const call = async (tool: string) => {
      const { content } = await client.callTool({ name: tool, arguments: {} });
      return (content as { text: string }[]).map(({ text }) => text).join('\n'); // the small server answers with text
    };
    return { call, close: () => client.close() };
  },
};

/** Opens a client of each kind, each over a server of its own. */
async function openAll() {
  const spec = await packServer(world.dataDir, 'idle', changingServer('idle'));
  const opened: { name: string; id: string; client: IdleClient; pid: string; connectedAt: unknown }[] = [];
  for (const [name, open] of Object.entries(IDLE_CLIENTS)) {
    const id = await world.deploy(spec, {}, { sleepAfterMinutes: 1, access: 'PUBLIC', memoryMb: 512 });
    await world.until(id, (row) => row?.status === 'RUNNING' && row.phase === null);
    const client = await open('idle', { url: endpoint.urlOf(id), token: 'none' }, configDir);
    clients.add(client);
    opened.push({ name, id, client, pid: await client.call('pid'), connectedAt: await client.connectedAt?.() });
  }
  return opened;
}

test(
  'real clients idle over servers that sleep, and each of their calls is answered by the same process',
  async () => {
    const opened = await openAll();
    const asleep = { status: 'ASLEEP', nextCheckAt: null, leaseOwner: null } as const;
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      world.time.skip(61_000);
      const sleeping = () => world.prisma.deployment.count({ where: asleep });
      await eventually('their servers sleep', async () => (await sleeping()) === opened.length, CYCLE_MS_MAX);
      // In turns: processes that start and wake at the same moment would measure the computer.
      for (const { name, client, pid } of opened) expect([name, await client.call('pid')]).toEqual([name, pid]);
    }
    for (const { name, id, client, connectedAt } of opened) {
      expect([name, await client.connectedAt?.()]).toEqual([name, connectedAt]);
      clients.delete(client);
      await client.close();
      await world.service.stop(world.actor, id);
    }
    await eventually('no stream is left', () => endpoint.endpoint.parkedCount() === 0);
  },
  CYCLE_MS_MAX * (CYCLES + 5),
);
