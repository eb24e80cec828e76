/**
 * Measures machines that sleep under idle clients:
 *
 *   npm run bench:sleep
 *
 * BENCH_DEPLOYMENTS (100) deployments of a small server in real processes, each with an idle official client: half hold the GET
 * stream of a session, half `subscriptions/listen`. Time that is only waited for is skipped. Then BENCH_STREAMS (5,000) parked
 * streams, for their memory and their processor time.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { eventually } from '#deploy/eventually.testing.ts';
import { openDatabase } from '#prisma/client.ts';
import { openLifecycle } from '#server/domain/deployments/testing/lifecycle.testing.ts';
import { packServer } from '#server/domain/deployments/testing/small-server.testing.ts';
import { changingServer } from '#server/mcp/parked/changing-server.testing.ts';
import { serveEndpoint } from '#server/mcp/parked/endpoint.testing.ts';
import { type Goal, recordFigure } from './figures.ts';
import { measureParked } from './sleep-parked.ts';

const DEPLOYMENTS = Number(process.env['BENCH_DEPLOYMENTS'] ?? 100);
const STREAMS = Number(process.env['BENCH_STREAMS'] ?? 5_000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 40);
const AT_ONCE = 4;
const LIMIT_MS = 600_000;
const WAKE_RATIO_MAX = 1.3;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function report(what: string, figure: number, unit: string, goal?: Goal): void {
  recordFigure(what, figure, unit, goal);
  console.log(`| ${what} | ${Number.isInteger(figure) ? figure : figure.toFixed(2)} ${unit} |`);
}

/** Starts the program by hand, with a handshake and a call; resolves to the milliseconds until its answer. */
async function startByHand(program: string): Promise<number> {
  const startedAt = performance.now();
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('The process has no pipes.');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const send = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'bench', version: '1' };
  send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } });
  await lines.next();
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/call', params: { name: 'pid', arguments: {} } });
  await lines.next();
  const milliseconds = performance.now() - startedAt;
  child.kill();
  return milliseconds;
}

async function measureDeployments(): Promise<void> {
  const world = await openLifecycle({
    healthIntervalMs: 5_000,
    database: await openDatabase({ kind: 'pglite', directory: null }),
  });
  const served = await serveEndpoint(world);
  const spec = await packServer(world.dataDir, 'idle', changingServer('idle'));
  try {
    const ids: string[] = [];
    for (let at = 0; at < DEPLOYMENTS; at += AT_ONCE) {
      const size = Math.min(AT_ONCE, DEPLOYMENTS - at);
      const batch = await Promise.all(
        Array.from({ length: size }, () => world.deploy(spec, {}, { sleepAfterMinutes: 1, access: 'PUBLIC' })),
      );
      await Promise.all(batch.map((id) => world.until(id, (row) => row?.status === 'RUNNING' && row.phase === null)));
      ids.push(...batch);
    }
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
    world.time.skip(61_000);
    const asleep = { status: 'ASLEEP', nextCheckAt: null, leaseOwner: null } as const;
    const allAsleep = async () => (await world.prisma.deployment.count({ where: asleep })) === DEPLOYMENTS;
    await eventually('all are asleep', allAsleep, LIMIT_MS);
    report('deployments asleep under idle clients', DEPLOYMENTS, `of ${DEPLOYMENTS}`);
    await eventually('all streams are parked', () => served.endpoint.parkedCount() === DEPLOYMENTS, LIMIT_MS);
    report('streams of clients that broke', broken, '', { atMost: 0 });

    const listing: number[] = [];
    for (const { client } of clients) {
      const startedAt = performance.now();
      await client.listTools();
      listing.push(performance.now() - startedAt);
    }
    const awake = await world.prisma.deployment.count({ where: { NOT: { status: 'ASLEEP' } } });
    report('tools/list of a sleeping deployment, p50', median(listing), 'ms', { atMost: 5 });
    report('machines started for it', awake, '', { atMost: 0 });

    const waking: number[] = [];
    const byHand: number[] = [];
    for (const { client } of clients) {
      byHand.push(await startByHand(changingServer('idle')));
      const startedAt = performance.now();
      await client.callTool({ name: 'pid', arguments: {} });
      waking.push(performance.now() - startedAt);
    }
    report('a start of the process by hand, with a call, p50', median(byHand), 'ms');
    report('wake and call, p50', median(waking), 'ms');
    report('wake and call, by a start by hand', median(waking) / median(byHand), '×', { atMost: WAKE_RATIO_MAX });
    await eventually('all streams are with their machines', () => served.endpoint.parkedCount() === 0, LIMIT_MS);
    await Promise.all(clients.map(({ client }) => client.callTool({ name: 'change', arguments: {} })));
    await Promise.all(clients.map(({ changed }) => changed));
    report('clients that were notified of a change after the wake', clients.length, `of ${DEPLOYMENTS}`);
    await Promise.all(clients.map(({ client }) => client.close()));
  } finally {
    await served.close();
    await world.close();
  }
}

console.log(`\nMachines that sleep under idle clients, Node ${process.version}\n\n| | |\n|---|---|`);
await measureParked(STREAMS, SECONDS);
await measureDeployments();
