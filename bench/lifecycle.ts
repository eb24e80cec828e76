/**
 * The figures of the lifecycle, with BENCH_DEPLOYMENTS (200) deployments on the local Machines API and a real process
 * behind each machine: a host that needs no package, so that npm has no part in the figures.
 *
 *   npm run bench:lifecycle
 *
 * One worker with the intervals of production, the embedded database, the real event bus; the observer of a machine's
 * death is the reader that feeds the `deploymentStatus` subscription. Prints a table; nothing is judged.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { deploymentLook } from '#schema/deployment/status-feed.ts';
import { live } from '#schema/live.ts';
import { createSharedReads } from '#schema/shared-reads.ts';
import { openSimulation, type Simulation } from '#server/domain/deployments/testing/simulation.testing.ts';
import { recordFigure } from './figures.ts';

const DEPLOYMENTS = Number(process.env['BENCH_DEPLOYMENTS'] ?? 200);
const DEATHS = Math.min(60, DEPLOYMENTS);
const REST_SECONDS = Number(process.env['BENCH_REST_SECONDS'] ?? 60);
const ROUNDS = 5;
/** As in production: server/compose/app.ts. */
const CONCURRENCY = 16;
const CALL_TIMEOUT_MS = 30_000;

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
const rows: [string, string][] = [];
const report = (what: string, figure: string): void => {
  rows.push([what, figure]);
  const [number, unit = ''] = figure.split(' ');
  recordFigure(what, Number(number), unit.startsWith('(') ? '' : unit);
  process.stderr.write(`${what}: ${figure}\n`);
};

/** The calls of a worker since the last reading, by name such as `machines.list`. */
function createCallCounter() {
  let counts = new Map<string, number>();
  return {
    /** Passed as the function that decides when a worker dies: it receives every call and lets the worker live. */
    hear: (call: string, when: 'before' | 'after'): boolean => {
      if (when === 'before') counts.set(call, (counts.get(call) ?? 0) + 1);
      return false;
    },
    take: (prefix: string): [string, number][] => {
      const taken = [...counts].filter(([name]) => name.startsWith(prefix));
      counts = new Map();
      return taken;
    },
  };
}

const whenAll = async (world: Simulation, condition: Parameters<Simulation['prisma']['deployment']['count']>[0]) => {
  while ((await world.prisma.deployment.count(condition)) < DEPLOYMENTS) await delay(50);
};

async function measureDeploying(world: Simulation): Promise<string[]> {
  const startedAt = performance.now();
  const ids: string[] = [];
  while (ids.length < DEPLOYMENTS) ids.push(await world.deploy());
  await whenAll(world, { where: { status: 'RUNNING', phase: null } });
  const seconds = (performance.now() - startedAt) / 1000;
  report('all deployed, from the first intent to the last handshake', `${seconds.toFixed(1)} s`);
  report('deployments a second, each with a process to start', (DEPLOYMENTS / seconds).toFixed(1));
  return ids;
}

/** Everything due at once: claim, observe (rows and host), decide, a real MCP ping, write, give back. */
async function measurePasses(world: Simulation): Promise<void> {
  const rates: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const since = world.time.now();
    const startedAt = performance.now();
    const startedCpu = process.cpuUsage();
    await world.prisma.deployment.updateMany({ data: { nextCheckAt: since } });
    await world.events.publish(world.prisma, 'work', world.unique());
    await whenAll(world, { where: { lastHealthyAt: { gt: since }, leaseOwner: null } });
    rates.push(DEPLOYMENTS / ((performance.now() - startedAt) / 1000));
    const { user, system } = process.cpuUsage(startedCpu);
    processor.push((user + system) / 1000 / DEPLOYMENTS);
  }
  report('reconcile passes a second, each a health check with an MCP ping', quantile(rates, 0.5).toFixed(0));
  report('processor time of a pass, database and clients included', `${quantile(processor, 0.5).toFixed(1)} ms`);
}

async function measureRest(world: Simulation, calls: ReturnType<typeof createCallCounter>): Promise<void> {
  calls.take('');
  const startedCpu = process.cpuUsage();
  await delay(REST_SECONDS * 1000);
  const { user, system } = process.cpuUsage(startedCpu);
  const perHour = (count: number): string => ((count / REST_SECONDS) * 3600).toFixed(0);
  const made = calls.take('machines.');
  const all = made.reduce((sum, [, count]) => sum + count, 0);
  report('API calls an hour at rest, all deployments', `${perHour(all)} (${made.map(([name]) => name).join(', ')})`);
  report('API calls an hour at rest, for each deployment', (((all / REST_SECONDS) * 3600) / DEPLOYMENTS).toFixed(1));
  report(
    'processor at rest, Machines API and database included',
    `${((user + system) / REST_SECONDS / 1e4).toFixed(1)} %`,
  );
  if (world.errors.length > 0) throw new Error(`The worker failed: ${world.errors}`);
}

/** From the end of a machine's process until the subscriber of its deployment has the event. */
async function measureDeaths(world: Simulation, ids: readonly string[]): Promise<void> {
  const dead = ids.slice(0, DEATHS);
  const took = await Promise.all(
    dead.map(async (id, index) => {
      const ended = new AbortController();
      const reading = { prisma: world.prisma, shareRead: createSharedReads() };
      const look = deploymentLook(reading, world.actor.userId, id);
      const context = { isStillSignedIn: async () => true };
      const events = live({ events: world.events, topic: 'deployment', id, signal: ended.signal, context, look });
      await events.next(); // the present state
      await delay(500 + index * 397); // one after the other, at every moment of the watch's interval
      const machineId = (await world.read(id))?.machines[0]?.machineId ?? '';
      // Lost for good: one that only crashes is started again by its own policy.
      await world.client.delete(LOCAL_APP, machineId, { force: true });
      const diedAt = performance.now();
      const { value } = await events.next();
      const milliseconds = performance.now() - diedAt;
      if (value && value.status === 'RUNNING') throw new Error(`Not what was waited for: ${value.message}`);
      ended.abort();
      await events.return(undefined);
      return milliseconds;
    }),
  );
  report("a machine's death → its subscriber's event, p50", `${quantile(took, 0.5).toFixed(0)} ms`);
  report("a machine's death → its subscriber's event, p99", `${quantile(took, 0.99).toFixed(0)} ms`);
  const startedAt = performance.now();
  await whenAll(world, { where: { status: 'RUNNING', phase: null } });
  report('all back after the last of them', `${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

const world = await openSimulation({ speed: 1, callTimeoutMs: CALL_TIMEOUT_MS, concurrency: CONCURRENCY });
try {
  const calls = createCallCounter();
  world.startWorker(calls.hear);
  const ids = await measureDeploying(world);
  await measurePasses(world);
  await measureRest(world, calls);
  await measureDeaths(world, ids);
  process.stdout.write(`| ${DEPLOYMENTS} deployments | |\n|---|---|\n`);
  for (const [what, figure] of rows) process.stdout.write(`| ${what} | ${figure} |\n`);
} finally {
  await world.close();
}
