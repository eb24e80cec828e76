/**
 * Compares the bridge of this checkout with that of another one, for clients that speak as their server speaks: calls a
 * second and processor time of the host for each call, in turns, each time in a process of its own. Needs wrk.
 *
 *   git worktree add /tmp/before COMMIT && (cd /tmp/before && npm ci)
 *   node bench/bridge-versus.ts /tmp/before
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { callBody, callHeaders, modernBody, modernHeaders, openSession } from './bridge-client.ts';
import { measureRequests } from './bridge-load.ts';
import { recordFigure } from './figures.ts';

const ROUNDS = 5;
const SECONDS = 4;
const IN_FLIGHT = 16;
const RUN_MS_MAX = 60_000;
const HERE = path.resolve(import.meta.dirname, '..');
const ECHO = fileURLToPath(new URL('./bridge-echo.ts', import.meta.url));

type Build = 'legacy' | 'modern';
type Measured = { callsPerSecond: number; errors: number; microseconds: number };

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** One measurement of the host of `tree`, in this process. */
async function measure(tree: string, build: Build): Promise<Measured> {
  const cli: typeof import('#deploy/host/cli.ts') = await import(path.join(tree, 'deploy/host/cli.ts'));
  const host = await cli.startHost(
    { package: { runtime: 'command', command: 'node', args: [ECHO, build] }, args: [], env: {}, isolation: 'AUTO' },
    { port: 0, host: '127.0.0.1' },
  );
  const url = `http://127.0.0.1:${host.port}/mcp`;
  const client =
    build === 'legacy'
      ? { url, headers: callHeaders(await openSession(url)), body: callBody(-1) }
      : { url, headers: modernHeaders('echo'), body: modernBody(-1, 'echo') };
  await measureRequests({ ...client, inFlight: IN_FLIGHT, seconds: 1 });
  const before = process.cpuUsage();
  const { callsPerSecond, errors } = await measureRequests({ ...client, inFlight: IN_FLIGHT, seconds: SECONDS });
  const { user, system } = process.cpuUsage(before);
  await host.close({ drainMs: 0 });
  return { callsPerSecond, errors, microseconds: (user + system) / (callsPerSecond * SECONDS) };
}

async function measureApart(tree: string, build: Build): Promise<Measured> {
  const args = [fileURLToPath(import.meta.url), tree, build];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: RUN_MS_MAX });
  const measured = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured; // printed by this program
  if (measured.errors > 0) throw new Error(`${measured.errors} calls failed at ${tree}.`);
  return measured;
}

async function compare(other: string): Promise<void> {
  for (const build of ['legacy', 'modern'] as const) {
    const runs: Record<'before' | 'now', Measured[]> = { before: [], now: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      runs.before.push(await measureApart(other, build));
      runs.now.push(await measureApart(HERE, build));
    }
    const [before, now] = [runs.before, runs.now].map((one) => ({
      calls: median(one.map(({ callsPerSecond }) => callsPerSecond)),
      microseconds: median(one.map(({ microseconds }) => microseconds)),
    })) as [{ calls: number; microseconds: number }, { calls: number; microseconds: number }]; // as many as there are trees
    console.log(
      `${build}: ${Math.round(before.calls)} calls/s before, ${Math.round(now.calls)} now; ` +
        `${before.microseconds.toFixed(1)} and ${now.microseconds.toFixed(1)} µs of the host's processor time a call`,
    );
    recordFigure(`calls of a ${build} client at its kind of server, of those before`, now.calls / before.calls, '×', {
      atLeast: 0.97,
    });
  }
}

const [tree, build] = process.argv.slice(2);
if (tree === undefined) {
  console.error('Name the folder of another checkout, with its node_modules.');
  process.exit(2);
}
if (build === 'legacy' || build === 'modern') console.log(JSON.stringify(await measure(path.resolve(tree), build)));
else await compare(path.resolve(tree));
process.exit();
